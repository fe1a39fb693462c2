import { XqbusError } from "../../errors.ts";
import type { SqlRow, Storage } from "../../storage/index.ts";
import { definitionChecksum } from "./checksum.ts";
import type { LaneOnDisk, RecoveredQueue, StoredMessageRow, StoredQueue } from "./message-store.ts";
import { readRows } from "./read-rows.ts";
import type { ReadRows } from "./read-rows.ts";
import { DELAYED_PAGE, LANES } from "./tables.ts";

/** What was found when a store was opened. */
export interface Recovered {
  readonly queues: readonly RecoveredQueue[];
  /** The greatest numbers that are in use. */
  readonly lastQueue: number;
  readonly lastMessage: number;
  /** Rows that were set aside before. */
  readonly damaged: number;
  /** What is wrong with queues as a whole. */
  readonly problems: readonly XqbusError[];
}

const PAGE_ROWS = 256;

/**
 * Reads which queues there are and what they hold; messages stay on disk but for those that wait for their time.
 *
 * @param sift takes damaged rows
 * @throws XqbusError `xqbus:store-damaged` for a queue whose definition is damaged: its messages belong to nobody then
 */
export async function recoverQueues(storage: Storage, sift: (rows: ReadRows) => ReadRows): Promise<Recovered> {
  const queues: RecoveredQueue[] = [];
  const problems: XqbusError[] = [];
  for (const row of await storage.read("SELECT * FROM queue ORDER BY id")) {
    const queue = queueOf(row);
    const lanes = (await storage.read(LANES, [queue.id])).map(laneOf);
    const { delayed, damaged } = await readDelayed(storage, queue, sift);
    const found = lanes.reduce((sum, { messages }) => sum + messages, delayed.length + damaged);
    if (found !== queue.messages) problems.push(missing(queue, found));
    queue.messages = found;
    queues.push({ queue, lanes, delayed });
  }
  return {
    ...{ queues, problems, lastQueue: queues.at(-1)?.queue.id ?? 0 },
    lastMessage: await numberFrom(storage, "SELECT max(id) AS value FROM message"),
    damaged: await numberFrom(storage, "SELECT count(*) AS value FROM damaged"),
  };
}

async function readDelayed(
  storage: Storage,
  queue: StoredQueue,
  sift: (rows: ReadRows) => ReadRows,
): Promise<{ readonly delayed: readonly StoredMessageRow[]; readonly damaged: number }> {
  const delayed: StoredMessageRow[] = [];
  let damaged = 0;
  for (let after = 0; ;) {
    const rows = await storage.read(DELAYED_PAGE, [queue.id, after, PAGE_ROWS]);
    const { whole, bad } = sift(readRows(queue, rows));
    delayed.push(...whole);
    damaged += bad.length;
    if (rows.length < PAGE_ROWS) return { delayed, damaged };
    after = Number(rows.at(-1)?.["sequence"]);
  }
}

function queueOf({ id, kind, name, settings, checksum, last_sequence, messages }: SqlRow): StoredQueue {
  const definition = {
    kind: kind === "queue" ? "queue" : "subscription",
    name: String(name),
    settings: String(settings),
  } as const;
  if (checksum !== definitionChecksum(Number(id), definition)) {
    throw new XqbusError(
      "xqbus:store-damaged",
      `the definition of queue ${String(id)} (${JSON.stringify(name)}) does not match its checksum; save what is whole with ` +
        "xqbus store salvage and go on with the new folder",
    );
  }
  const counts = { lastSequence: Number(last_sequence), messages: Number(messages) };
  return { id: Number(id), definition, isSaved: true, isRemoved: false, ...counts };
}

function laneOf({ priority, messages, bytes, last, oldest, expiry }: SqlRow): LaneOnDisk {
  return {
    ...{ priority: Number(priority), messages: Number(messages), bytes: Number(bytes), lastSequence: Number(last) },
    ...{ oldestArrival: Number(oldest), firstExpiry: expiry === null ? undefined : Number(expiry) },
  };
}

function missing({ definition, messages }: StoredQueue, found: number): XqbusError {
  return new XqbusError(
    "xqbus:store-damaged",
    `${JSON.stringify(definition.name)} has ${found} messages on disk and should have ${messages}: rows were lost or added ` +
      "by something else than the broker",
  );
}

async function numberFrom(storage: Storage, sql: string): Promise<number> {
  const [row] = await storage.read(sql);
  return Number(row?.["value"] ?? 0);
}
