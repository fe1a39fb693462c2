import type { Command } from "commander";
import { EventPublisher, parseBusUrl } from "../../amqp/index.ts";
import type { AddCommand, Session } from "../command.ts";
import { XqbusError } from "../../errors.ts";
import { Event } from "../../event/index.ts";
import { eventFromSettings } from "../event-from-settings.ts";
import { InvalidEventError } from "../../schema/index.ts";
import { Output } from "../io.ts";
import { busUrl, collect, connectOptions, jsonOption, openCatalog, schemasOption, urlOptions } from "../options.ts";
import type { CatalogOption, UrlOptions } from "../options.ts";
import { readInput } from "../read-input.ts";

interface SendOptions extends CatalogOption, UrlOptions {
  readonly set: readonly string[];
  readonly dryRun?: true;
  readonly json?: true;
}

export const addSend: AddCommand = (program, session) => {
  const command: Command = program
    .command("send")
    .description("validate an event and send it; ends when the broker has accepted it")
    .argument("<event>", "name of an event type, or a file (given with a slash or an ending), or - for standard input")
    .option("--set <field=value>", "value of a field; may be repeated; A/B=value for a nested field", collect, [])
    .option("--dry-run", "make and validate the event, print it, send nothing");
  for (const option of [...urlOptions(), schemasOption(), jsonOption()]) command.addOption(option);
  command
    .addHelpText(
      "after",
      `
Examples:
  xqbus send PhoneStatus --set CallerId=012345 --set ReceiverId=12343424 --set Status=busy
  xqbus send ./event.xml
  generate-event | xqbus send -`,
    )
    .action(async (name: string, options: SendOptions) => send(name, options, session));
};

async function send(name: string, options: SendOptions, session: Session): Promise<void> {
  const output = new Output(session.io, options.json === true);
  const url = options.dryRun === true ? undefined : busUrl(options, session.io);
  using catalog = await openCatalog(options, output);
  const event = isFile(name)
    ? await eventFromFile(name, options, session)
    : eventFromSettings(catalog, name, options.set);
  if (url === undefined) {
    const problems = catalog.validate(event);
    if (problems.length > 0) throw new InvalidEventError(problems);
    if (output.json) output.value({ event: event.name, xml: event.toString() });
    else output.line(event.toString({ pretty: true }));
    return;
  }
  await using publisher = await EventPublisher.open(url, { ...(await connectOptions(options, session.io)), catalog });
  await publisher.sendEvent(event);
  const { domain, safe } = parseBusUrl(url);
  if (output.json) output.value({ sent: event.name, domain, bytes: event.bytes.length });
  else output.line(`sent ${event.name} (${event.bytes.length} bytes) to ${safe}; the broker has accepted it`);
}

async function eventFromFile(name: string, options: SendOptions, session: Session): Promise<Event> {
  if (options.set.length > 0) {
    throw new XqbusError("xqbus:illegal-argument", "--set makes a new event; it cannot change the one of a file");
  }
  return Event.parse(await readInput(name, session.io), { source: name === "-" ? "standard input" : name });
}

/** A catalog name comes first; a file is told by a slash, a backslash or an ending; `-` is standard input. */
function isFile(name: string): boolean {
  return name === "-" || /[\\/]/.test(name) || /\.\w+$/.test(name);
}
