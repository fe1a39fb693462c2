import type { Archive } from "../../src/archive/index.ts";
import type { EventRow } from "../../src/archive/event-row.ts";
import type { ArchiveTables } from "../../src/archive/tables.ts";
import type { BulkInsert } from "../../src/database/index.ts";
import type { Event } from "../../src/event/index.ts";
import { xqbus } from "../compiled-package.ts";
import type { BenchmarkOptions, Cell, Report, Table, Target } from "../report.ts";
import { ratioOf, spreadOf } from "../spread.ts";
import { archive, database, eventRows, writers } from "./compiled-archive.ts";
import { postgres, sqlite, type BenchProduct } from "./products.ts";

const DEFAULT_ROUNDS = 7;
const DEFAULT_EVENTS = 5000;
const WARM_UP_ROUNDS = 2;
/** Events of one transaction, of the archive and of the driver. */
const BATCH = 1000;
/** Events of the archive that is asked. */
const MANY = 1_000_000;
/** Rate of the archive at least, in relation to the driver. */
const GOAL = 0.5;

interface Round {
  /** User CPU of this process and its threads, µs an event. */
  readonly cost: number;
  /** µs of wall time an event. */
  readonly wall: number;
}

/**
 * Writing of events beside the driver's bulk insert of the same rows into the same tables; and a selective filter over a million events.
 */
export async function run({ rounds = DEFAULT_ROUNDS, events = DEFAULT_EVENTS }: BenchmarkOptions): Promise<Report> {
  const catalog = await xqbus.loadCatalog();
  const tables: Table[] = [];
  const targets: Target[] = [];
  const notes: string[] = [];
  for (const start of [sqlite, postgres]) {
    const product = await start();
    try {
      const written = await compareWriting(product, catalog, { rounds, events });
      tables.push(written.table);
      targets.push(written.target);
      notes.push(...(await askMany(product, catalog)));
    } finally {
      product.stop();
    }
  }
  catalog.close();
  return { tables, targets, notes };
}

type Catalog = Awaited<ReturnType<typeof xqbus.loadCatalog>>;

function status(number: number): Event {
  const fields = `<Id>n${number}</Id><Indexed>true</Indexed><Workers>${number % 9}</Workers><Load>0.5</Load>`;
  const xml = `<Event xmlns="http://www.gonicus.de/Events"><NodeStatus>${fields}<Latency>1</Latency></NodeStatus></Event>`;
  return xqbus.Event.parse(xml);
}

const carried = (id: string) => ({ message: { id, subject: "org.clacks.event.NodeStatus", creationTime: new Date() } });

async function compareWriting(
  product: BenchProduct,
  catalog: Catalog,
  { rounds, events }: Required<BenchmarkOptions>,
): Promise<{ readonly table: Table; readonly target: Target }> {
  const urls = [product.newUrl(), product.newUrl(), product.newUrl()] as const;
  const archives: Archive[] = [];
  for (const url of urls) archives.push(await archive.Archive.open(url, { catalog }));
  const whole = archives[0] ?? (await archive.Archive.open(urls[0], { catalog }));
  const raw = await product.openRaw(urls[1]);
  await using opened = await database.openDatabase<ArchiveTables>(urls[2]);
  const writer = new writers.ArchiveWriter(opened, { maxBatch: BATCH });
  const results = { raw: [] as Round[], writer: [] as Round[], whole: [] as Round[], validation: [] as Round[] };
  let number = 0;
  for (let round = -WARM_UP_ROUNDS; round < rounds; round++) {
    const all = Array.from({ length: events }, (_, at) => status(number + at + 1));
    const rows = all.map((event, at) => rowOf(event, number + at + 1));
    const first = number + 1;
    number += events;
    const measured = {
      raw: await timed(events, async () => {
        for (let at = 0; at < rows.length; at += BATCH)
          await raw.insert(insertsOf(rows.slice(at, at + BATCH), first + at));
      }),
      writer: await timed(events, async () => void (await Promise.all(rows.map((row) => writer.add(row))))),
      whole: await timed(events, async () => {
        await Promise.all(all.map((event, at) => whole.add(event, carried(`w${first + at}`))));
      }),
      validation: await timed(events, async () => void all.map((event) => catalog.validate(event).length)),
    };
    if (round < 0) continue;
    for (const name of ["raw", "writer", "whole", "validation"] as const) results[name].push(measured[name]);
  }
  await raw.close();
  for (const each of archives) await each.close();
  const rowFor = (name: string, of: readonly Round[]): readonly Cell[] => [
    name,
    spreadOf(of.map(({ cost }) => cost)),
    ratioOf(
      results.raw.map(({ cost }) => cost),
      of.map(({ cost }) => cost),
    ),
    spreadOf(of.map(({ wall }) => 1e6 / wall)),
    ratioOf(
      of.map(({ wall }) => 1 / wall),
      results.raw.map(({ wall }) => 1 / wall),
    ),
  ];
  return {
    table: {
      title: `**${product.name}** (${product.durability}): ${events} events a round with 4 promoted fields, ${BATCH} in a transaction`,
      columns: ["", "user CPU µs an event", "ratio", "events a second", "ratio"],
      rows: [
        rowFor("driver: bulk insert of ready rows", results.raw),
        rowFor("archive: writer, ready rows", results.writer),
        rowFor("archive: validate, promote, write", results.whole),
        rowFor("validation alone, nothing written", results.validation),
      ],
    },
    target: {
      text: `time of the driver to write ${product.name} events, archive's in relation to it`,
      limit: 1 / GOAL,
      measured: ratioOf(
        results.writer.map(({ wall }) => wall),
        results.raw.map(({ wall }) => wall),
      ),
    },
  };
}

function rowOf(event: Event, number: number): EventRow {
  const text = (value: string) => ({ kind: "string", value }) as const;
  const fields = new Map<string, EventRow["fields"] extends ReadonlyMap<string, infer V> ? V : never>([
    ["Id", text(`n${number}`)],
    ["Indexed", { kind: "boolean", value: true }],
    ["Workers", { kind: "integer", value: BigInt(number % 9) }],
    ["Load", { kind: "double", value: 0.5 }],
  ] as never);
  return eventRows.eventRow(event, carried(`w${number}`), { kind: 1, archivedAt: Date.now(), fields });
}

function insertsOf(rows: readonly EventRow[], first: number): readonly BulkInsert[] {
  return [
    {
      table: "archive_event",
      columns: eventRows.EVENT_COLUMNS,
      rows: rows.map((row, at) => eventRows.eventCells(row, first + at)),
    },
    {
      table: "archive_field",
      columns: eventRows.FIELD_COLUMNS,
      rows: rows.flatMap((row, at) => eventRows.fieldCells(row, first + at)),
    },
  ];
}

async function timed(events: number, work: () => Promise<void>): Promise<Round> {
  const cpu = process.cpuUsage();
  const began = performance.now();
  await work();
  const wall = (performance.now() - began) * 1000;
  return { cost: process.cpuUsage(cpu).user / events, wall: wall / events };
}

/** A filter that one of a million events matches. */
async function askMany(product: BenchProduct, catalog: Catalog): Promise<readonly string[]> {
  const url = product.newUrl();
  await using opened = await archive.Archive.open(url, { catalog });
  await opened.add(status(1), carried("first"));
  const kind = await kindOf(url);
  const raw = await product.openRaw(url);
  for (let first = 2; first < MANY; first += 10 * BATCH) {
    const count = Math.min(10 * BATCH, MANY - first + 1);
    const rows = Array.from({ length: count }, (_, at) => ({
      ...rowOf(status(first + at), first + at),
      kind,
    }));
    await raw.insert(insertsOf(rows, first));
  }
  await raw.close();
  const xquery = `/e:Event/e:NodeStatus[e:Id = "n${MANY / 2}"]/e:Load < 1`;
  const filter = xqbus.compileFilter(xquery, { catalog });
  const times: number[] = [];
  let hits = 0;
  for (let round = 0; round < 7; round++) {
    const began = performance.now();
    const { done = false } = await opened.query({ filter })[Symbol.asyncIterator]().next();
    times.push(performance.now() - began);
    if (!done) hits++;
  }
  const { looked, matched } = await opened.count({ filter });
  const { plan } = await opened.explain({ filter });
  const { median, min, max } = spreadOf(times);
  return [
    `${product.name}, ${MANY} events, ${xquery}: first hit after ${median.toFixed(1)} ms (${min.toFixed(1)}–${max.toFixed(1)}, ${hits} of 7), ` +
      `${looked} documents read, ${matched} matched.\n\n${plan.map((line) => `    ${line}`).join("\n")}`,
  ];
}

async function kindOf(url: string): Promise<number> {
  await using opened = await database.openDatabase<ArchiveTables>(url);
  const { id } = await opened.kysely.selectFrom("archive_kind").select("id").executeTakeFirstOrThrow();
  return id;
}
