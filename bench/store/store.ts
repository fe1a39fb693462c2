import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ENTRY_INSERT, MESSAGE_INSERT, MIGRATIONS } from "../../src/broker/store/tables.ts";
import type { MessageStore, Place, StoredQueue } from "../../src/broker/store/message-store.ts";
import type { BenchmarkOptions, Report } from "../report.ts";
import { spreadOf } from "../spread.ts";
import { chooseDriver, openStore } from "./compiled-store.ts";

const DEFAULT_ROUNDS = 7;
const DEFAULT_MESSAGES = 20_000;
/** Rounds that do not count: until the compilers have done their work. */
const WARM_UP_ROUNDS = 3;
const MESSAGE_BYTES = 400;
/** Messages that wait for their answer at a time, and so the messages of one transaction. */
const UNDER_WAY = [1, 50, 500] as const;
const BACKLOG = 1_000_000;
const RATIO_GOAL = 1.5;
const MEMORY_GOAL_MB = 300;

interface Accepts {
  readonly perSecond: number;
  /** CPU time of all threads, user and system, per message. */
  readonly cpuMicros: number;
  readonly p99Micros: number;
}

/**
 * Durable accepts of the message store against a loop that does nothing but the same inserts in transactions of the same size,
 * in turns; and the memory of a broker that starts with a million messages.
 */
export async function run({ rounds = DEFAULT_ROUNDS, events = DEFAULT_MESSAGES }: BenchmarkOptions): Promise<Report> {
  const rows: (string | ReturnType<typeof spreadOf>)[][] = [];
  const targets: { text: string; limit: number; measured: ReturnType<typeof spreadOf> }[] = [];
  for (const underWay of UNDER_WAY) {
    const count = Math.max(200, Math.floor((events * Math.min(underWay, 100)) / 100));
    const [store, raw]: [Accepts[], Accepts[]] = [[], []];
    await using subject = await openSubject();
    using loop = openRawLoop();
    for (let round = 0; round < WARM_UP_ROUNDS + rounds; round++) {
      const results = [await storeAccepts(subject, count, underWay), rawAccepts(loop, count, underWay)] as const;
      if (round < WARM_UP_ROUNDS) continue;
      store.push(results[0]);
      raw.push(results[1]);
    }
    const rates = spreadOf(store.map(({ perSecond }, i) => (raw[i]?.perSecond ?? NaN) / perSecond));
    const delays = spreadOf(store.map(({ p99Micros }, i) => p99Micros / (raw[i]?.p99Micros ?? NaN)));
    for (const [name, all] of [
      ["store", store],
      ["raw loop", raw],
    ] as const) {
      rows.push([
        `${name}, ${underWay} under way`,
        spreadOf(all.map(({ perSecond }) => perSecond)),
        spreadOf(all.map(({ p99Micros }) => p99Micros)),
        spreadOf(all.map(({ cpuMicros }) => cpuMicros)),
      ]);
    }
    targets.push(
      { text: `time of ${underWay} under way, ratio to the raw loop`, limit: RATIO_GOAL, measured: rates },
      { text: `p99 of ${underWay} under way, ratio to the raw loop`, limit: RATIO_GOAL, measured: delays },
    );
  }
  const start = await startWithBacklog();
  return {
    tables: [
      {
        title: `messages of ${MESSAGE_BYTES} bytes: accepts that are on disk`,
        columns: ["", "accepts/s", "p99 µs", "CPU µs"],
        rows,
      },
      {
        title: `a broker that starts with ${BACKLOG} messages of ${MESSAGE_BYTES} bytes on disk`,
        columns: ["", ""],
        rows: [
          ["seconds until it listens", start.seconds.toFixed(1)],
          ["RSS a second later, MB", start.rssMb.toFixed(0)],
          ["greatest RSS, MB", start.peakMb.toFixed(0)],
          ["messages in its queue", String(start.messages)],
        ],
      },
    ],
    targets: [
      ...targets,
      { text: "RSS with a backlog, MB", limit: MEMORY_GOAL_MB, measured: spreadOf([start.peakMb]) },
    ],
  };
}

/** A store that has done some work before, as that of a broker has. */
async function openSubject(): Promise<AsyncDisposable & { readonly store: MessageStore; readonly queue: StoredQueue }> {
  const folder = mkdtempSync(join(tmpdir(), "xqbus-bench-"));
  const store = await openStore({ folder });
  await store.recover();
  return {
    store,
    queue: store.newQueue({ kind: "queue", name: "q", settings: "{}" }),
    [Symbol.asyncDispose]: async () => {
      await store.close();
      rmSync(folder, { recursive: true });
    },
  };
}

/** Each answer asks for the next message, so that as many as that are under way all the time. */
async function storeAccepts(
  { store, queue }: { readonly store: MessageStore; readonly queue: StoredQueue },
  count: number,
  underWay: number,
): Promise<Accepts> {
  const bytes = Buffer.alloc(MESSAGE_BYTES, "x");
  const delays: number[] = [];
  const cpu = process.cpuUsage();
  const start = performance.now();
  await new Promise<void>((resolve, reject) => {
    let asked = 0;
    const ask = (): void => {
      if (asked++ >= count) return;
      const at = performance.now();
      store.add(bytes, [placeIn(queue)], (error) => {
        if (error !== undefined) return reject(error);
        delays.push(performance.now() - at);
        if (delays.length === count) resolve();
        else ask();
      });
    };
    for (let i = 0; i < underWay; i++) ask();
  });
  const seconds = (performance.now() - start) / 1000;
  const cpuMicros = cpuSince(cpu) / count;
  return { perSecond: count / seconds, cpuMicros, p99Micros: p99(delays) };
}

interface RawLoop extends Disposable {
  /** The same rows in the same tables, in one transaction. */
  readonly insert: (first: number, end: number) => void;
  last: number;
}

function openRawLoop(): RawLoop {
  const folder = mkdtempSync(join(tmpdir(), "xqbus-bench-"));
  const connection = chooseDriver().open(join(folder, "raw.db"));
  for (const pragma of ["page_size=4096", "locking_mode=EXCLUSIVE", "journal_mode=WAL", "synchronous=FULL"]) {
    connection.exec(`PRAGMA ${pragma}`);
  }
  for (const script of MIGRATIONS) connection.exec(script);
  const message = connection.prepare(MESSAGE_INSERT);
  const entry = connection.prepare(ENTRY_INSERT);
  const bytes = Buffer.alloc(MESSAGE_BYTES, "x");
  return {
    last: 0,
    insert: (first, end) => {
      connection.exec("BEGIN IMMEDIATE");
      for (let id = first; id < end; id++) {
        message.run(id, 1, bytes);
        entry.run(1, 4, id, id, 0, 1_700_000_000_000, null, null, MESSAGE_BYTES, 0, 1);
      }
      connection.exec("COMMIT");
    },
    [Symbol.dispose]: () => {
      connection.close();
      rmSync(folder, { recursive: true });
    },
  };
}

/** On this thread. */
function rawAccepts(loop: RawLoop, count: number, batch: number): Accepts {
  const delays: number[] = [];
  const end = loop.last + count;
  const cpu = process.cpuUsage();
  const start = performance.now();
  while (loop.last < end) {
    const at = performance.now();
    const next = Math.min(end, loop.last + batch);
    loop.insert(loop.last, next);
    loop.last = next;
    delays.push(performance.now() - at);
  }
  const seconds = (performance.now() - start) / 1000;
  const cpuMicros = cpuSince(cpu) / count;
  return { perSecond: count / seconds, cpuMicros, p99Micros: p99(delays) };
}

function placeIn(queue: StoredQueue): Place {
  return {
    ...{ queue, priority: 4, arrivedAt: Date.now(), expiresAt: undefined, deliverAt: undefined, size: MESSAGE_BYTES },
    ...{ failures: 0, sequence: 0, message: 0, shared: false },
  };
}

function cpuSince(before: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(before);
  return user + system;
}

function p99(delays: readonly number[]): number {
  return ([...delays].sort((a, b) => a - b)[Math.ceil(delays.length * 0.99) - 1] ?? NaN) * 1000;
}

async function startWithBacklog(): Promise<BacklogStart> {
  const folder = mkdtempSync(join(tmpdir(), "xqbus-bench-"));
  const store = await openStore({ folder });
  await store.recover();
  await fill(store, BACKLOG);
  await store.close();
  // Without the loader of this process, which takes memory of its own.
  const entry = new URL("../../dist/index.js", import.meta.url).href;
  const script = `
    const { startBroker } = await import(${JSON.stringify(entry)});
    const start = performance.now();
    const broker = await startBroker({ store: { folder: ${JSON.stringify(folder)} } });
    const seconds = (performance.now() - start) / 1000;
    await new Promise((resolve) => setTimeout(resolve, 1000));
    const { messages } = broker.management.queues()[0];
    const [rssMb, peakMb] = [process.memoryUsage().rss / 1e6, process.resourceUsage().maxRSS * 1024 / 1e6];
    process.send({ seconds, messages, rssMb, peakMb }, () => broker.close().then(() => process.exit()));`;
  const child = spawn(process.execPath, ["--input-type=module", "-e", script], { stdio: ["ignore", 2, 2, "ipc"] });
  const ended = once(child, "exit");
  const [start] = (await once(child, "message")) as [BacklogStart];
  await ended;
  rmSync(folder, { recursive: true });
  return start;
}

/** What a broker tells that has started with a backlog. */
interface BacklogStart {
  readonly seconds: number;
  readonly rssMb: number;
  readonly peakMb: number;
  readonly messages: number;
}

async function fill(store: MessageStore, count: number): Promise<void> {
  const queue = store.newQueue({ kind: "queue", name: "backlog", settings: "{}" });
  const bytes = Buffer.alloc(MESSAGE_BYTES, "x");
  for (let done = 0; done < count; done += 4000) {
    await Promise.all(
      Array.from(
        { length: Math.min(4000, count - done) },
        () =>
          new Promise<void>((resolve, reject) => {
            store.add(bytes, [placeIn(queue)], (error) => (error === undefined ? resolve() : reject(error)));
          }),
      ),
    );
  }
}
