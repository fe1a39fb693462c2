/**
 * What it costs to find the subscriptions that an event matches, by the number of subscriptions:
 *
 *     npx tsx bench/filter-index.ts [--subscriptions 1,1000,100000] [--shape equality,mixed] [--rounds N] [--json]
 *
 * With --expose-gc (NODE_OPTIONS) the memory is measured, too. It measures what `npm run build` has compiled into dist/.
 */
import { parseArgs } from "node:util";
import type * as Index from "../src/filter/index/index.ts";
import { xqbus } from "./compiled-package.ts";
import { environment, formatEnvironment } from "./environment.ts";
import { builtInWorkload, type BuiltInShape } from "../src/cli/filter-bench/built-in-workload.ts";
import { measure } from "./measure.ts";
import { meanSize } from "./phone-status.ts";
import { costTable, type BenchmarkOptions, type Report, type Table } from "./report.ts";
import { formatReport } from "./table.ts";

/** Compiled, for the same reason as the package. */
const { FilterIndex } = (await import(new URL("../dist/filter/index/index.js", import.meta.url).href)) as typeof Index;

/** What to measure. */
export interface IndexBenchmarkOptions extends BenchmarkOptions {
  readonly subscriptions?: readonly number[];
  readonly shapes?: readonly BuiltInShape[];
}

interface Case {
  readonly name: string;
  readonly events: readonly Uint8Array[];
  readonly index: Index.FilterIndex;
  readonly subscriptions: number;
  /** User CPU time for each subscription. */
  readonly registrationMicros: number;
  /** Beyond the text and the id; undefined without --expose-gc. */
  readonly bytesPerSubscription: number | undefined;
  readonly matches: number;
  readonly evaluated: string;
}

/** The cost of parsing an event and finding its subscriptions. */
export function run(options: IndexBenchmarkOptions): Report {
  const { subscriptions = [1, 1000, 100_000], shapes = ["equality", "mixed"] } = options;
  const cases = shapes.flatMap((shape) => subscriptions.map((count) => prepare(count, shape)));
  const [first] = cases;
  if (first === undefined) throw new Error("there is nothing to measure");
  const contenders = [
    { name: "parse only", run: (index: number) => Number(xqbus.parseXml(at(first.events, index)).children.length) },
    ...cases.map(({ name, index, events }) => ({
      name: `parse and match, ${name}`,
      run: (number: number) => index.match(xqbus.parseXml(at(events, number))).length,
    })),
  ] as const;
  const costs = measure(contenders, options);
  return {
    tables: [
      costTable(`Finding the subscriptions of one event of ${meanSize(first.events)} bytes`, costs),
      registrationTable(cases),
    ],
  };
}

function at<T>(items: readonly T[], index: number): T {
  return items[index % items.length] as T;
}

function registrationTable(cases: readonly Case[]): Table {
  return {
    title: "Registration",
    columns: ["", "user CPU µs each", "bytes each", "matches per event", "how they are found"],
    rows: cases.map((each) => [
      each.name,
      each.registrationMicros,
      each.bytesPerSubscription,
      each.matches,
      each.evaluated,
    ]),
  };
}

function prepare(count: number, shape: BuiltInShape): Case {
  const { filters, events } = builtInWorkload(count, shape);
  // A filter comes as a message of its own: what the index keeps must not hang on the texts.
  const before = memory();
  const { user } = process.cpuUsage();
  const index = new FilterIndex();
  for (const { id, xquery } of filters) index.add(id, xquery);
  const registration = process.cpuUsage().user - user;
  const documents = events.map((bytes) => xqbus.parseXml(bytes));
  const matches = documents.reduce((sum, document) => sum + index.match(document).length, 0) / events.length;
  documents.length = 0;
  const after = memory();
  const kinds = new Map<string, number>();
  for (const { id } of filters) {
    const { access } = index.indexing(id)!;
    kinds.set(access, (kinds.get(access) ?? 0) + 1);
  }
  return {
    name: `${count.toLocaleString("en-US")} ${shape}`,
    events,
    index,
    subscriptions: count,
    registrationMicros: registration / count,
    bytesPerSubscription: before === undefined || after === undefined ? undefined : (after - before) / count,
    matches,
    evaluated: [...kinds].map(([kind, number]) => `${kind} ${Math.round((100 * number) / count)} %`).join(", "),
  };
}

/** Bytes in use after collecting garbage. */
function memory(): number | undefined {
  if (globalThis.gc === undefined) return undefined;
  globalThis.gc();
  globalThis.gc();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

function main(args: readonly string[]): void {
  const { values } = parseArgs({
    args: [...args],
    options: {
      subscriptions: { type: "string", default: "1,1000,100000" },
      shape: { type: "string", default: "equality,mixed" },
      rounds: { type: "string", default: "7" },
      json: { type: "boolean", default: false },
    },
  });
  const machine = environment();
  const report = run({
    subscriptions: values.subscriptions.split(",").map(Number),
    shapes: values.shape.split(",") as BuiltInShape[],
    rounds: Number(values.rounds),
  });
  console.log(
    values.json
      ? JSON.stringify({ benchmark: "filter-index", ...machine, ...report }, null, 2)
      : `## filter-index\n\n${formatEnvironment(machine)}\n\n${formatReport(report)}`,
  );
}

if (process.argv[1] === import.meta.filename) main(process.argv.slice(2));
