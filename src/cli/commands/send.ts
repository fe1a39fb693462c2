import { randomInt } from "node:crypto";
import type { Command } from "commander";
import { EventPublisher, parseBusUrls } from "../../amqp/index.ts";
import type { Event } from "../../event/index.ts";
import type { Catalog } from "../../schema/index.ts";
import type { AddCommand, Session } from "../command.ts";
import { inCommandWords } from "../command-words.ts";
import { eventFromInput } from "../event-from-input.ts";
import { eventFromSettings } from "../event-from-settings.ts";
import { EXIT } from "../exit-code.ts";
import { InvalidInputError } from "../invalid-input-error.ts";
import { Output } from "../io.ts";
import { LiveLine } from "../live-line.ts";
import { RateSender, type RateTotals } from "../load/send-at-rate.ts";
import { busUrl, connectOptions, jsonOption, openCatalog, schemasOption, urlOptions } from "../options.ts";
import { inputName, readInput } from "../read-input.ts";
import { errorToJson } from "../report-error.ts";
import { sampledEvents } from "../sampled-events.ts";
import { refuseMisfits, refuseUnsampled, sendOptions, type SendOptions } from "../send-options.ts";
import { visibleText } from "../visible-text.ts";

export const addSend: AddCommand = (program, session) => {
  const command: Command = program
    .command("send")
    .description("validate an event and send it; ends when the broker has accepted it")
    .argument(
      "<event>",
      "name of an event type, or a file in XML or JSON (given with a slash or an ending), or - for standard input",
    );
  for (const option of [...sendOptions(), ...urlOptions(), schemasOption(), jsonOption()]) command.addOption(option);
  command
    .addHelpText(
      "after",
      `
Examples:
  xqbus send PhoneStatus --set CallerId=012345 --set ReceiverId=12343424 --set Status=busy
  xqbus send PhoneStatus --sample --set Status=busy --dry-run
  xqbus send PhoneStatus --sample --rate 100 --count 5000
  xqbus send ./event.xml
  xqbus send ./event.json
  generate-event | xqbus send -

With --rate the exit code is 1 when the broker has not accepted every event; Ctrl-C ends it in order, with the totals.
"xqbus event show NAME" lists the fields of an event type.`,
    )
    .action(async (name: string, options: SendOptions) => send(name, options, command, session));
};

/** An event, and what makes the same one again. */
interface MadeEvent {
  readonly event: Event;
  readonly seed?: number;
}

async function send(name: string, options: SendOptions, command: Command, session: Session): Promise<void> {
  refuseUnsampled(options, command);
  const output = new Output(session.io, options.json === true);
  const url = options.dryRun === true ? undefined : busUrl(options, session.io);
  using catalog = await openCatalog(options, output);
  const made = catalog.eventNames.includes(name) || !isFile(name);
  refuseMisfits(made, options, command);
  const seed = options.seed ?? randomInt(MAX_SEED);
  const events = await eventsOf(name, made, { ...options, seed }, catalog, output, session);
  if (url === undefined) {
    for (const { event, ...rest } of events) {
      if (output.json) output.value({ event: event.name, xml: event.toString(), ...rest });
      else output.line(event.toString({ pretty: true }));
    }
    return;
  }
  await using publisher = await EventPublisher.open(url, { ...(await connectOptions(options, session.io)), catalog });
  if (options.rate === undefined) await sendEach(events, publisher, url, options, output, session);
  else await sendAtRate(name, events, publisher, url, { ...options, rate: options.rate, seed }, output, session);
}

async function sendEach(
  events: Iterable<MadeEvent>,
  publisher: EventPublisher,
  url: string,
  { timeout }: SendOptions,
  output: Output,
  { io }: Session,
): Promise<void> {
  const [{ domain, safe }] = parseBusUrls(url);
  for (const { event, ...rest } of events) {
    await publisher.sendEvent(event, { timeoutMs: timeout * 1000, signal: io.signal });
    if (output.json) output.value({ sent: event.name, domain, bytes: event.bytes.length, ...rest });
    else output.line(`sent ${event.name} (${event.bytes.length} bytes) to ${safe}; the broker has accepted it`);
  }
}

async function sendAtRate(
  name: string,
  made: Iterable<MadeEvent>,
  publisher: EventPublisher,
  url: string,
  { rate, count = Infinity, timeout, seed }: SendOptions & { readonly rate: number; readonly seed: number },
  output: Output,
  session: Session,
): Promise<void> {
  const [{ domain, safe }] = parseBusUrls(url);
  const sender = new RateSender();
  const live = new LiveLine(output, () => `${totalsText(name, sender.totals)}; Ctrl-C ends it`);
  const told = new Set<string>();
  const onRefused = (error: Error): void => {
    if (told.has(error.message) || told.size >= MAX_REASONS) return;
    told.add(error.message);
    output.warning(`not sent: ${visibleText(inCommandWords(error.message))}`, errorToJson(error));
  };
  // What is under way when Ctrl-C comes has its outcome awaited; the broker may have accepted it already.
  const send = (event: Event): Promise<void> => publisher.sendEvent(event, { timeoutMs: timeout * 1000 });
  try {
    const { signal } = session.io;
    await sender.run({ events: eventsIn(made), send, perSecond: rate, count, signal, onRefused });
  } finally {
    live.end();
  }
  const { totals } = sender;
  if (totals.refused > 0) session.exitCode = EXIT.failure;
  if (output.json) output.value({ event: name, domain, seed, rate, ...totals });
  else output.line(`${totalsText(name, totals)} to ${safe}; the broker has ${acceptedText(totals)}`);
}

function* eventsIn(made: Iterable<MadeEvent>): Generator<Event, undefined> {
  for (const { event } of made) yield event;
  return undefined;
}

function totalsText(name: string, { sent, accepted, seconds }: RateTotals): string {
  return `sent ${sent} ${name} in ${seconds.toFixed(1)} s (${(accepted / Math.max(seconds, 0.001)).toFixed(1)}/s)`;
}

function acceptedText({ sent, accepted, refused }: RateTotals): string {
  return refused === 0 ? "accepted all of them" : `accepted ${accepted} of ${sent}, and ${refused} not`;
}

/** Different reasons that are told of events that could not be sent. */
const MAX_REASONS = 10;

/** The events to send; the first one, and so the only one of a file, is valid. Samples are made as they are sent. */
async function eventsOf(
  name: string,
  made: boolean,
  options: SendOptions & { readonly seed: number },
  catalog: Catalog,
  output: Output,
  { io }: Session,
): Promise<Iterable<MadeEvent>> {
  const { sample, seed, rate, set = [] } = options;
  if (sample === true) {
    const { count = rate === undefined ? 1 : Infinity } = options;
    const wishes = { seed, count, settings: set };
    for (const { event } of sampledEvents(catalog, name, { ...wishes, count: 1 })) {
      refuseInvalid(event, catalog, undefined);
    }
    output.note(seedNote(seed, count));
    return sampledEvents(catalog, name, wishes);
  }
  const { event, source } = made
    ? { event: eventFromSettings(catalog, name, set), source: undefined }
    : eventFromInput(await readInput(name, io), inputName(name), catalog);
  refuseInvalid(event, catalog, source);
  return [{ event }];
}

function seedNote(seed: number, count: number): string {
  if (count === 1) return `seed ${seed}`;
  return count === Infinity ? `seeds from ${seed}` : `seeds ${seed} to ${seed + count - 1}`;
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
