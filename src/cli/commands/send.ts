import type { Command } from "commander";
import { InvalidArgumentError, Option } from "commander";
import { EventPublisher, parseBusUrl } from "../../amqp/index.ts";
import { Event } from "../../event/index.ts";
import type { Catalog } from "../../schema/index.ts";
import type { AddCommand, Session } from "../command.ts";
import { eventFromSettings } from "../event-from-settings.ts";
import { InvalidInputError } from "../invalid-input-error.ts";
import { Output } from "../io.ts";
import { busUrl, collect, connectOptions, jsonOption, openCatalog, schemasOption, urlOptions } from "../options.ts";
import type { CatalogOption, UrlOptions } from "../options.ts";
import { inputName, readInput } from "../read-input.ts";

interface SendOptions extends CatalogOption, UrlOptions {
  readonly set?: readonly string[];
  readonly dryRun?: true;
  readonly json?: true;
}

export const addSend: AddCommand = (program, session) => {
  const command: Command = program
    .command("send")
    .description("validate an event and send it; ends when the broker has accepted it")
    .argument("<event>", "name of an event type, or a file (given with a slash or an ending), or - for standard input")
    .addOption(
      new Option(
        "--set <field=value>",
        "value of a field; may be repeated; A/B=value for a nested field, A[2]/B for one of the second A",
      ).argParser(collectSetting),
    )
    .option("--dry-run", "make and validate the event, print it, send nothing");
  for (const option of [...urlOptions(), schemasOption(), jsonOption()]) command.addOption(option);
  command
    .addHelpText(
      "after",
      `
Examples:
  xqbus send PhoneStatus --set CallerId=012345 --set ReceiverId=12343424 --set Status=busy
  xqbus send ./event.xml
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
  if (!made && options.set !== undefined) {
    command.error("error: --set makes a new event; it cannot change the one of a file");
  }
  const event = made
    ? eventFromSettings(catalog, name, options.set ?? [])
    : Event.parse(await readInput(name, session.io), { source: inputName(name) });
  refuseInvalid(event, catalog, made ? undefined : inputName(name));
  if (url === undefined) {
    if (output.json) output.value({ event: event.name, xml: event.toString() });
    else output.line(event.toString({ pretty: true }));
    return;
  }
  await using publisher = await EventPublisher.open(url, { ...(await connectOptions(options, session.io)), catalog });
  await publisher.sendEvent(event, { timeoutMs: options.timeout * 1000, signal: session.io.signal });
  const { domain, safe } = parseBusUrl(url);
  if (output.json) output.value({ sent: event.name, domain, bytes: event.bytes.length });
  else output.line(`sent ${event.name} (${event.bytes.length} bytes) to ${safe}; the broker has accepted it`);
}

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
