import { PRODUCT_NEEDS } from "../../test/brokers/products.ts";
import type { BenchmarkOptions, Report, Table } from "../report.ts";
import { spreadOf } from "../spread.ts";
import { formatTable } from "../table.ts";
import { selectorOf, xpathOf } from "./events.ts";
import { RoutedGroup, type Cost, type GroupOptions, type RoutedProduct } from "./routed-group.ts";
import { SelectedGroup, type SelectedOptions } from "./selected-group.ts";

const DEFAULT_ROUNDS = 5;
const DEFAULT_EVENTS = 2000;
/** Events for each process that do not count: until the compilers, also those of the broker, have done their work. */
const WARM_UP_EVENTS = 6000;
const PROCESSES = [1, 2, 3];

/** What is measured of a product. */
interface Size {
  readonly subscriptions: number;
  /** How many of them want an event. */
  readonly matches: number;
  /** Share of the events of a round and before: what is slow gets fewer. */
  readonly share: number;
}

const SIZES: Readonly<Record<RoutedProduct, readonly Size[]>> = {
  artemis: [
    { subscriptions: 1, matches: 1, share: 1 },
    { subscriptions: 1000, matches: 1, share: 1 },
    { subscriptions: 100_000, matches: 1, share: 1 },
    { subscriptions: 1000, matches: 10, share: 1 },
    { subscriptions: 100_000, matches: 10, share: 1 },
  ],
  "qpid-broker-j": [
    { subscriptions: 1000, matches: 1, share: 1 },
    { subscriptions: 1000, matches: 10, share: 0.1 },
  ],
};

const SELECTED: readonly SelectedOptions[] = [
  { product: "artemis", title: "selectors", subscriptions: 1, selectorOf, share: 1 },
  { product: "artemis", title: "selectors", subscriptions: 1000, selectorOf, share: 0.5 },
  { product: "qpid-broker-j", title: "selectors", subscriptions: 1, selectorOf, share: 1 },
  { product: "qpid-broker-j", title: "selectors", subscriptions: 1000, selectorOf, share: 0.5 },
  { product: "activemq-classic", title: "XPath filters", subscriptions: 1, selectorOf: xpathOf, share: 1 },
  { product: "activemq-classic", title: "XPath filters", subscriptions: 1000, selectorOf: xpathOf, share: 0.05 },
];

/**
 * What an event costs with one, two and three matcher processes before one broker (user CPU time, broker and matchers apart), by the number of subscriptions, which
 * deliver to at most 100 queues; beside brokers that decide 1,000 subscriptions themselves. Numbers of processes take turns in each round.
 */
export async function run({ rounds = DEFAULT_ROUNDS, events = DEFAULT_EVENTS }: BenchmarkOptions): Promise<Report> {
  const notes: string[] = [];
  const rows: (readonly [GroupOptions, readonly Cost[], number])[] = [];
  for (const product of ["artemis", "qpid-broker-j"] as const) {
    const missing = PRODUCT_NEEDS[product].flatMap((needed) => needed.missing() ?? []);
    if (missing.length > 0) {
      notes.push(`skipped: ${product} — ${missing.join("; ")}`);
      continue;
    }
    for (const { share, ...size } of SIZES[product]) {
      const measured = await measureRouted({ product, ...size }, share, rounds, events);
      rows.push(...measured);
      console.error(formatTable(routedTable(measured)));
    }
  }
  const selected = notes.length > 0 ? [] : await measureSelected(rounds, events);
  return { tables: [routedTable(rows), selectedTable(selected)], notes };
}

async function measureRouted(
  options: Omit<GroupOptions, "processes">,
  share: number,
  rounds: number,
  events: number,
): Promise<readonly (readonly [GroupOptions, readonly Cost[], number])[]> {
  const groups: { readonly group: RoutedGroup; readonly costs: Cost[] }[] = [];
  try {
    for (const processes of PROCESSES) {
      groups.push({ group: await RoutedGroup.start({ ...options, processes }), costs: [] });
    }
    for (const { group } of groups) await group.round(WARM_UP_EVENTS * share * group.options.processes);
    for (const { group } of groups) await group.quiet();
    for (let round = 0; round < rounds; round++) {
      for (const { group, costs } of groups) costs.push(await group.round(events * share));
    }
    return groups.map(({ group, costs }) => [group.options, costs, group.openedMs] as const);
  } finally {
    for (const { group } of groups) await group.stop();
  }
}

async function measureSelected(
  rounds: number,
  events: number,
): Promise<readonly (readonly [SelectedOptions, readonly number[]])[]> {
  const results: (readonly [SelectedOptions, readonly number[]])[] = [];
  for (const options of SELECTED) {
    const group = await SelectedGroup.start(options);
    try {
      const costs: number[] = [];
      await group.round(WARM_UP_EVENTS);
      for (let round = 0; round < rounds; round++) costs.push(await group.round(events));
      results.push([options, costs]);
      console.error(formatTable(selectedTable([[options, costs]])));
    } finally {
      await group.stop();
    }
  }
  return results;
}

function routedTable(rows: readonly (readonly [GroupOptions, readonly Cost[], number])[]): Table {
  return {
    title: "subscriptions in the matcher processes, at most 100 queues: user CPU µs per event",
    columns: [
      ...["broker", "subscriptions", "match", "processes", "matchers µs", "broker µs", "least share", "opened s"],
    ],
    rows: rows.map(([{ product, subscriptions, matches, processes }, costs, openedMs]) => [
      ...[product, subscriptions, matches, processes],
      spreadOf(costs.map(({ matchers }) => matchers)),
      spreadOf(costs.map(({ broker }) => broker)),
      spreadOf(costs.map(({ least }) => least)),
      Math.round(openedMs / 100) / 10,
    ]),
  };
}

function selectedTable(rows: readonly (readonly [SelectedOptions, readonly number[]])[]): Table {
  return {
    title: "subscriptions that the broker decides, one of which matches: user CPU µs per event",
    columns: ["broker", "filters", "subscriptions", "broker µs"],
    rows: rows.map(([{ product, title, subscriptions }, costs]) => [product, title, subscriptions, spreadOf(costs)]),
  };
}
