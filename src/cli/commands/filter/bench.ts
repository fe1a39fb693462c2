import { InvalidArgumentError, Option } from "commander";
import { XqbusError } from "../../../errors.ts";
import { BUILT_IN_SHAPES, builtInWorkload } from "../../filter-bench/built-in-workload.ts";
import { measureIndexes, prepareIndex } from "../../filter-bench/measure-index.ts";
import type { IndexMeasurement, PreparedIndex } from "../../filter-bench/measure-index.ts";
import { ownWorkload, readEvents, readFilters } from "../../filter-bench/own-workload.ts";
import type { Workload } from "../../filter-bench/workload.ts";
import { Output, type Io } from "../../io.ts";
import { jsonOption, positiveInteger } from "../../options.ts";
import type { AddFilterCommand } from "../filter.ts";

interface BenchOptions {
  readonly subscriptions: readonly number[];
  readonly filters?: string;
  readonly events?: string;
  readonly repeat?: true;
  readonly rounds: number;
  readonly json?: true;
}

export const addFilterBench: AddFilterCommand = (filter, session) => {
  filter
    .command("bench")
    .description("what it costs to find the subscriptions that an event matches, by their number")
    .addOption(
      new Option("--subscriptions <list>", "numbers of subscriptions, with commas between them")
        .default([1, 1000, 100_000], "1,1000,100000")
        .argParser(numberList),
    )
    .option("--filters <file>", 'JSON Lines, { "id": …, "xquery": … } each, instead of the built-in filters')
    .option("--events <dir>", "folder with XML files: the events for --filters")
    .option("--repeat", "where the file has fewer filters than asked for: repeat them with other literals")
    .addOption(
      new Option("--rounds <number>", "rounds that count; the median is shown").default(7).argParser(positiveInteger),
    )
    .addOption(jsonOption())
    .addHelpText(
      "after",
      `
Examples:
  xqbus filter bench --subscriptions 1,1000,100000
  xqbus filter bench --filters filters.jsonl --events ./events --json
  xqbus filter bench --filters filters.jsonl --events ./events --subscriptions 1000,100000 --repeat

The built-in filters are of two shapes: equality (an element, a value, a number above another), and mixed (intervals, dates, contains,
starts-with, //, *, negations, alternatives). About ten of them match an event of 265 bytes, however many there are.

The JSON output is an array of { subscriptions, shape, microsPerEvent, bytesPerSubscription, registrationMicros, matches }: user CPU time in
microseconds of parsing and matching an event and of adding all subscriptions; bytes beyond text and id; subscriptions that an event matches in
the mean. The shape of filters from a file is "file".`,
    )
    .action(async (options: BenchOptions) => {
      const output = new Output(session.io, options.json === true);
      const prepared: PreparedIndex[] = [];
      for (const { shape, workload } of await workloads(options, output, session.io)) {
        session.io.signal.throwIfAborted();
        prepared.push(prepareIndex(shape, workload));
      }
      const measurements = measureIndexes(prepared, options.rounds);
      if (output.json) output.value(measurements);
      else for (const line of tableLines(measurements, prepared)) output.line(line);
    });
};

interface ShapedWorkload {
  readonly shape: string;
  readonly workload: Workload;
}

async function workloads(options: BenchOptions, output: Output, io: Io): Promise<readonly ShapedWorkload[]> {
  const { subscriptions, filters, events, repeat } = options;
  if (filters === undefined && events === undefined && repeat === undefined) {
    return BUILT_IN_SHAPES.flatMap((shape) =>
      subscriptions.map((count) => ({ shape, workload: builtInWorkload(count, shape) })),
    );
  }
  if (filters === undefined || events === undefined) {
    const missing = filters === undefined ? "--filters filters.jsonl" : "--events ./events";
    const message = `filters of your own need events of your own; give ${missing}, too`;
    throw new XqbusError("xqbus:illegal-argument", message);
  }
  const own = await readFilters(filters);
  const documents = await readEvents(events, io);
  const most = Math.max(...subscriptions);
  if (repeat === undefined && most > own.length) {
    const message = `${filters} has ${own.length} filters, which are measured instead of ${most}; --repeat repeats them with other literals`;
    output.warning(message, { code: "xqbus:illegal-argument", message });
  }
  const counts = new Set(subscriptions.map((count) => (repeat === true ? count : Math.min(count, own.length))));
  return [...counts].map((count) => ({
    shape: "file",
    workload: ownWorkload(own, documents, count, repeat === true),
  }));
}

function numberList(text: string): readonly number[] {
  const numbers = text.split(",").map((part) => positiveInteger(part.trim()));
  if (numbers.some((number) => number > MAX_SUBSCRIPTIONS))
    throw new InvalidArgumentError(`At most ${MAX_SUBSCRIPTIONS} subscriptions can be measured.`);
  return numbers;
}

const MAX_SUBSCRIPTIONS = 1_000_000;

const HEAD = ["shape", "subscriptions", "µs/event", "matches", "bytes each", "registration ms", "how they are found"];

function tableLines(measurements: readonly IndexMeasurement[], prepared: readonly PreparedIndex[]): readonly string[] {
  const rows = measurements.map((each, index) => [
    each.shape,
    String(each.subscriptions),
    String(each.microsPerEvent),
    String(each.matches),
    String(each.bytesPerSubscription),
    (each.registrationMicros / 1000).toFixed(1),
    [...prepared[index]!.access].map(([access, count]) => `${count} ${access}`).join(", "),
  ]);
  const widths = HEAD.map((head, column) => Math.max(head.length, ...rows.map((row) => row[column]!.length)));
  return [HEAD, ...rows].map((row) =>
    row
      .map((cell, column) => (isNumber(column) ? cell.padStart(widths[column]!) : cell.padEnd(widths[column]!)))
      .join("  ")
      .trimEnd(),
  );
}

function isNumber(column: number): boolean {
  return column > 0 && column < HEAD.length - 1;
}
