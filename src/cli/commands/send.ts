import { randomInt } from "node:crypto";
import type { Command } from "commander";
import { InvalidArgumentError, Option } from "commander";
import { EventPublisher, parseBusUrls } from "../../amqp/index.ts";
import type { Event } from "../../event/index.ts";
import type { Catalog } from "../../schema/index.ts";
import type { AddCommand, Session } from "../command.ts";
import { eventFromInput } from "../event-from-input.ts";
import { eventFromSettings } from "../event-from-settings.ts";
import { InvalidInputError } from "../invalid-input-error.ts";
import { Output } from "../io.ts";
import {
  busUrl,
  collect,
  connectOptions,
  jsonOption,
  openCatalog,
  positiveInteger,
  schemasOption,
  urlOptions,
  wholeNumber,
} from "../options.ts";
import type { CatalogOption, UrlOptions } from "../options.ts";
import { inputName, readInput } from "../read-input.ts";
import { sampledEvents } from "../sampled-events.ts";

interface SendOptions extends CatalogOption, UrlOptions {
  readonly set?: readonly string[];
  readonly sample?: true;
  readonly seed?: number;
  readonly count?: number;
  readonly dryRun?: true;
  readonly json?: true;
}

export const addSend: AddCommand = (program, session) => {
  const command: Command = program
    .command("send")
    .description("validate an event and send it; ends when the broker has accepted it")
    .argument(
      "<event>",
      "name of an event type, or a file in XML or JSON (given with a slash or an ending), or - for standard input",
    )
    .addOption(
      new Option(
        "--set <field=value>",
        "value of a field; may be repeated; A/B=value for a nested field, A[2]/B for one of the second A",
      ).argParser(collectSetting),
    )
    .option("--sample", "make a random valid event; --set gives some of its values")
    .addOption(
      new Option("--seed <number>", "which sample: the same number gives the same event").argParser(wholeNumber),
    )
    .addOption(new Option("--count <number>", "how many samples (default: 1)").argParser(positiveInteger))
    .option("--dry-run", "make and validate the event, print it, send nothing");
  for (const option of [...urlOptions(), schemasOption(), jsonOption()]) command.addOption(option);
  command
    .addHelpText(
      "after",
      `
Examples:
  xqbus send PhoneStatus --set CallerId=012345 --set ReceiverId=12343424 --set Status=busy
  xqbus send PhoneStatus --sample --set Status=busy --dry-run
  xqbus send ./event.xml
  xqbus send ./event.json
  generate-event | xqbus send -

"xqbus event show NAME" lists the fields of an event type.`,
    )
    .action(async (name: string, options: SendOptions) => send(name, options, command, session));
};

async function send(name: string, options: SendOptions, command: Command, session: Session): Promise<void> {
  const output = new Output(session.io, options.json === true);
  const url = options.dryRun === true ? undefined : busUrl(options, session.io);
  using catalog = await openCatalog(options, output);
  const made = catalog.eventNames.includes(name) || !isFile(name);
  refuseMisfits(made, options, command);
  const events = await eventsOf(name, made, options, catalog, output, session);
  if (url === undefined) {
    for (const event of events) {
      if (output.json) output.value({ event: event.name, xml: event.toString() });
      else output.line(event.toString({ pretty: true }));
    }
    return;
  }
  await using publisher = await EventPublisher.open(url, { ...(await connectOptions(options, session.io)), catalog });
  const [{ domain, safe }] = parseBusUrls(url);
  for (const event of events) {
    await publisher.sendEvent(event, { timeoutMs: options.timeout * 1000, signal: session.io.signal });
    if (output.json) output.value({ sent: event.name, domain, bytes: event.bytes.length });
    else output.line(`sent ${event.name} (${event.bytes.length} bytes) to ${safe}; the broker has accepted it`);
  }
}

function refuseMisfits(made: boolean, options: SendOptions, command: Command): void {
  if (!made && options.set !== undefined) {
    command.error("error: --set makes a new event; it cannot change the one of a file");
  }
  if (!made && options.sample === true) command.error("error: --sample needs the name of an event type, not a file");
  if (options.sample !== true && (options.seed !== undefined || options.count !== undefined)) {
    command.error("error: --seed and --count belong to --sample");
  }
}

/** The events to send; the first one, and so the only one of a file, is valid. Samples are made as they are sent. */
async function eventsOf(
  name: string,
  made: boolean,
  { sample, seed = randomInt(MAX_SEED), count = 1, set = [] }: SendOptions,
  catalog: Catalog,
  output: Output,
  { io }: Session,
): Promise<Iterable<Event>> {
  if (sample === true) {
    const wishes = { seed, count, settings: set };
    for (const first of sampledEvents(catalog, name, { ...wishes, count: 1 })) refuseInvalid(first, catalog, undefined);
    output.note(count === 1 ? `seed ${seed}` : `seeds ${seed} to ${seed + count - 1}`);
    return sampledEvents(catalog, name, wishes);
  }
  const { event, source } = made
    ? { event: eventFromSettings(catalog, name, set), source: undefined }
    : eventFromInput(await readInput(name, io), inputName(name), catalog);
  refuseInvalid(event, catalog, source);
  return [event];
}

/** Seeds that are drawn are short enough to be typed again. */
const MAX_SEED = 1_000_000;

/** Before anything is connected: a wrong event is told of even where no broker runs. */
function refuseInvalid(event: Event, catalog: Catalog, source: string | undefined): void {
  const problems = catalog.validate(event);
  if (problems.length > 0) throw new InvalidInputError(problems, source);
}

/** A file is told by a slash, a backslash, a leading dot or an ending; `-` is standard input. */
function isFile(name: string): boolean {
  return name === "-" || /[\\/]|^\.|\.\w+$/.test(name);
}

function collectSetting(text: string, previous?: readonly string[]): readonly string[] {
  if (text.indexOf("=") <= 0) throw new InvalidArgumentError("It must be Field=value.");
  return collect(text, previous);
}
