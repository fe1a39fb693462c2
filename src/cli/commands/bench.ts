import { InvalidArgumentError, Option } from "commander";
import type { Command } from "commander";
import { parseBusUrls } from "../../amqp/index.ts";
import { readTextFile } from "../../daemon/index.ts";
import { Event } from "../../event/index.ts";
import { compileFilter } from "../../filter/index.ts";
import type { Catalog } from "../../schema/index.ts";
import type { AddCommand, Session } from "../command.ts";
import { inCommandWords } from "../command-words.ts";
import { counted } from "../../counted.ts";
import { EXIT } from "../exit-code.ts";
import { Output } from "../io.ts";
import { LiveLine } from "../live-line.ts";
import type { BenchEvent } from "../load/bench-messages.ts";
import type { Percentiles } from "../load/histogram.ts";
import { runBench, type BenchProgress, type BenchResult } from "../load/run-bench.ts";
import { jsonOption, openCatalog, positiveInteger, positiveNumber, schemasOption, urlOptions } from "../options.ts";
import type { CatalogOption, UrlOptions } from "../options.ts";
import { visibleText } from "../visible-text.ts";

interface BenchOptions extends UrlOptions, CatalogOption {
  readonly rate: number;
  readonly duration: number;
  readonly count?: number;
  readonly warmUp: number;
  readonly consumers: number;
  readonly filter?: string;
  readonly event: string;
  readonly json?: true;
}

export const addBench: AddCommand = (program, session) => {
  const command: Command = program
    .command("bench")
    .description("send events at a rate, and tell how long they take to their consumers")
    .addOption(new Option("--rate <number>", "events a second").default(1000).argParser(positiveNumber))
    .addOption(new Option("--duration <seconds>", "how long to send").default(10).argParser(positiveNumber))
    .addOption(
      new Option("--count <number>", "how many events to send, instead of --duration")
        .argParser(positiveInteger)
        .conflicts("duration"),
    )
    .addOption(new Option("--warm-up <seconds>", "before it, what does not count").default(2).argParser(seconds))
    .addOption(new Option("--consumers <number>", "how many get every event").default(1).argParser(positiveInteger))
    .option("--filter <query>", "XQuery of the consumers (default: every event)")
    .option("--event <name>", "event type, of which 100 random valid events are sent in turn", "PhoneStatus");
  const [urlOption, ...others] = urlOptions();
  urlOption!.description = "bus to measure (default: an embedded broker in a process of its own, in memory)";
  for (const option of [urlOption!, ...others, schemasOption(), jsonOption()]) command.addOption(option);
  command
    .addHelpText(
      "after",
      `
Examples:
  xqbus bench
  xqbus bench --rate 5000 --duration 30 --consumers 3
  xqbus bench --filter '//e:Status = "busy"' --json
  xqbus bench --url amqp://user:password@host/org.clacks --rate 100 --count 1000

The publisher and the consumers have a process each, and do what programs do: validate, send, receive, parse, filter. Event i
is due at start + i / rate, and every time is counted from there, so that what waits because something before it was slow
counts in full (no coordinated omission). Only --url names a bus: XQBUS_URL is not used, nobody loads a bus by mistake.

begun     until the publisher began to send it; timers of Node fire up to 1 ms late
accepted  until the broker's answer was there
received  until the callback of a consumer was called

The exit code is 1 when an event was refused or did not arrive. Ctrl-C ends it with what was measured so far.`,
    )
    .action(async (options: BenchOptions) => bench(options, command, session));
};

/** Bits that consumers use to know their events by: 125 MB. */
const MAX_EVENTS = 1_000_000_000;

async function bench(options: BenchOptions, command: Command, session: Session): Promise<void> {
  const { rate, consumers, filter, event, schemas, timeout, url } = options;
  const { count = Math.max(1, Math.round(rate * options.duration)) } = options;
  if (count * consumers > MAX_EVENTS) {
    command.error(`error: that is ${count * consumers} deliveries; at most ${MAX_EVENTS} can be measured`);
  }
  const output = new Output(session.io, options.json === true);
  const place = url === undefined ? undefined : parseBusUrls(url)[0].safe;
  const timeoutMs = timeout * 1000;
  const ca = options.tlsCa === undefined ? undefined : await readTextFile(options.tlsCa);
  const events = await pooledEvents(options, output);
  const where = place ?? "an embedded broker in a process of its own";
  output.note(`${count} events at ${rate}/s to ${where}, ${counted(consumers, "consumer")}`);
  let progress = (): BenchProgress => ({ isWarmUp: true, answered: 0, received: 0 });
  using live = new LiveLine(output, () => progressText(progress(), count));
  const result = await runBench(
    {
      connection: url === undefined ? undefined : { url, timeoutMs, ...(ca === undefined ? {} : { ca }) },
      ...{ timeoutMs, perSecond: rate, count, warmUp: Math.round(rate * options.warmUp), consumers, filter, events },
      schemas,
    },
    {
      signal: session.io.end,
      onWarning: (message, code) => output.warning(visibleText(inCommandWords(message)), { code, message }),
      onProgress: (current) => (progress = current),
    },
  );
  live.end();
  const plan = { url: place ?? null, event, rate, count, consumers, filter: filter ?? null };
  if (output.json) output.value({ ...plan, ...result });
  else for (const line of tableLines(result)) output.line(line);
  if (result.refused > 0 || result.lost > 0) session.exitCode = EXIT.failure;
}

const POOL = 100;

/** Samples, and which of them the filter matches: so it is known how many have to arrive. */
async function pooledEvents(options: BenchOptions, output: Output): Promise<readonly BenchEvent[]> {
  using catalog: Catalog = await openCatalog(options, output);
  const { filter, event: name } = options;
  const compiled = filter === undefined ? undefined : compileFilter(filter, { language: "xquery", catalog });
  return Array.from({ length: POOL }, (_, index) => {
    const xml = catalog.sample(name, { seed: index + 1 });
    const matches = compiled === undefined || compiled.matches(Event.parse(xml, { catalog }).document);
    return { xml, matches };
  });
}

function progressText({ isWarmUp, answered, received }: BenchProgress, count: number): string {
  return isWarmUp
    ? `warming up: ${answered} accepted, ${received} received`
    : `${answered} of ${count} accepted, ${received} received; Ctrl-C ends it`;
}

function tableLines(result: BenchResult): readonly string[] {
  const { sent, refused, expected, received, lost, duplicates, reachedPerSecond, latencyMicros } = result;
  const head = ["ms", "p50", "p90", "p99", "p99.9", "max"];
  const rows = Object.entries(latencyMicros).map(([name, { p50, p90, p99, p999, max }]: [string, Percentiles]) => [
    name,
    ...[p50, p90, p99, p999, max].map((micros) => (micros / 1000).toFixed(2)),
  ]);
  return [
    ...[head, ...rows].map((row) => row.map((cell, i) => (i === 0 ? cell.padEnd(8) : cell.padStart(9))).join(" ")),
    `sent ${sent} (${reachedPerSecond.toFixed(1)}/s), refused ${refused}; received ${received} of ${expected}, lost ${lost}, ` +
      `duplicates ${duplicates}`,
  ];
}

function seconds(text: string): number {
  const value = Number(text);
  if (text.trim() === "" || !(value >= 0) || !Number.isFinite(value))
    throw new InvalidArgumentError("It must be a number from 0.");
  return value;
}
