import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { Command } from "commander";
import { Option } from "commander";
import { AMQPEventConsumer, EventPublisher } from "../../amqp/index.ts";
import { startBroker } from "../../broker/index.ts";
import { EventMaker } from "../../event/index.ts";
import type { AddCommand, Session } from "../command.ts";
import { measureMachine } from "../demo/machine-events.ts";
import { invalidEvent, wrongFilter } from "../demo/mistakes.ts";
import type { Mistake } from "../demo/mistakes.ts";
import { phoneStatus } from "../demo/phone-events.ts";
import { formatEvent } from "../format-event.ts";
import { Output } from "../io.ts";
import { jsonOption, openCatalog, positiveNumber } from "../options.ts";

interface DemoOptions {
  readonly seconds: number;
  readonly forever?: true;
  readonly json?: true;
}

/** The demo shows the shipped event types, whatever XQBUS_SCHEMAS says. */
const SHIPPED_SCHEMAS = join(import.meta.dirname, "..", "..", "..", "schemas", "events");

/** Busy phones, and how loaded this machine is: two of the six events of a tick, sometimes one. */
const FILTER = `declare namespace f = "http://www.gonicus.de/Events";
let $e := ./f:Event
return $e/f:PhoneStatus[f:Status = "busy"] | $e/f:CollectD[f:Plugin = "load"]`;

const TICK_MS = 1000;
const TICKS_BETWEEN_COUNTS = 4;
const CATCH_UP_MS = 30_000;
const POLL_MS = 10;

export const addDemo: AddCommand = (program, session) => {
  const command: Command = program
    .command("demo")
    .description("see it work: a broker, a filtered consumer, real measurements of this machine; nothing to set up")
    .addOption(
      new Option("--seconds <n>", "how long events flow").conflicts("forever").default(12).argParser(positiveNumber),
    )
    .option("--forever", "go on until Ctrl-C")
    .addOption(jsonOption())
    .addHelpText("after", "\nExamples:\n  xqbus demo\n  xqbus demo --forever\n  xqbus demo --seconds 3 --json");
  command.action(async (options: DemoOptions) => demo(options, session));
};

async function demo(options: DemoOptions, session: Session): Promise<void> {
  const output = new Output(session.io, options.json === true);
  const { end: signal } = session.io;
  using catalog = await openCatalog({ schemas: [SHIPPED_SCHEMAS] }, output);
  await using broker = await startBroker();
  const url = broker.url();
  say(output, `1. A broker listens on ${broker.host}:${broker.port} (AMQP 1.0, inside this process).`);
  say(output, `2. A consumer gets the events for which this XQuery is true:`);
  for (const line of FILTER.split("\n")) say(output, output.style("cyan", `     ${line}`));

  await using consumer = await AMQPEventConsumer.open(url, {
    xquery: FILTER,
    catalog,
    // So that the counts show what the filter leaves out.
    placement: "here",
    callback: (_event, delivery) => {
      if (output.json) output.line(formatEvent(delivery, "json", output));
      else output.line(`   ${formatEvent(delivery, "line", output)}`);
    },
  });
  await using publisher = await EventPublisher.open(url, { catalog });
  say(output, "3. A producer measures this machine, makes events, checks them against their XSD files and sends them:");
  say(output, "");
  const sent = await produce(publisher, new EventMaker(catalog), options, signal, (count) =>
    showCounts(output, count, consumer),
  );
  await caughtUp(consumer, sent, signal);
  showCounts(output, sent, consumer);
  if (signal.aborted) return;

  showMistake(output, "4. Now a mistake", wrongFilter());
  showMistake(output, "5. And another one", await invalidEvent(publisher));
  say(output, "");
  say(
    output,
    "That was xqbus. Next: xqbus event list, xqbus serve, xqbus listen --help; the README goes on from here.",
  );
}

/** Sends until the time is over; gives the number of events that the broker has accepted. */
async function produce(
  publisher: EventPublisher,
  maker: EventMaker,
  options: DemoOptions,
  signal: AbortSignal,
  progress: (sent: number) => void,
): Promise<number> {
  const ticks = options.forever === true ? Infinity : Math.max(1, Math.round((options.seconds * 1000) / TICK_MS));
  let sent = 0;
  for (let tick = 0; tick < ticks && !signal.aborted; tick++) {
    const events = [...(await measureMachine(maker)), phoneStatus(maker, tick)];
    await Promise.all(events.map((event) => publisher.sendEvent(event)));
    sent += events.length;
    await delay(TICK_MS, undefined, { signal }).catch(() => undefined);
    if ((tick + 1) % TICKS_BETWEEN_COUNTS === 0 && tick + 1 < ticks) progress(sent);
  }
  return sent;
}

/** Waits until the consumer has seen everything that was sent; the broker delivers in its own time. */
async function caughtUp(consumer: AMQPEventConsumer, sent: number, signal: AbortSignal): Promise<void> {
  const rounds = CATCH_UP_MS / POLL_MS;
  for (let round = 0; consumer.counts.received < sent && round < rounds && !signal.aborted; round++)
    await delay(POLL_MS);
}

function showCounts(output: Output, sent: number, consumer: AMQPEventConsumer): void {
  const { matched, filteredOut } = consumer.counts;
  if (output.json) output.value({ counts: { sent, matched, filteredOut } });
  else output.line(output.style("dim", `   — sent ${sent}, matched ${matched}, filtered out ${filteredOut}`));
}

function showMistake(output: Output, heading: string, mistake: Mistake): void {
  if (output.json) {
    output.value({ mistake: mistake.title, written: mistake.written, told: mistake.told });
    return;
  }
  output.line();
  output.line(`${heading}, on purpose: ${mistake.title}.`);
  for (const line of mistake.written.split("\n")) output.line(output.style("cyan", `     ${line}`));
  output.line("   The answer:");
  for (const line of mistake.told) output.line(output.style("red", `     ${line}`));
}

/** Narration: part of the result for a person, left out of the JSON. */
function say(output: Output, text: string): void {
  if (!output.json) output.line(text);
}
