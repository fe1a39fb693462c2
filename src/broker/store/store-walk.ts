import { join } from "node:path";
import { StorageReader } from "../../storage/index.ts";
import type { SqlRow } from "../../storage/index.ts";
import { definitionChecksum } from "./checksum.ts";
import type { Place, QueueDefinition, StoredMessageRow, StoredQueue } from "./message-store.ts";
import { readRows } from "./read-rows.ts";
import type { BadRow } from "./read-rows.ts";
import { APPLICATION_ID, STORE_FILE } from "./tables.ts";

/** A queue of a store that may be damaged. */
export interface WalkedQueue {
  readonly queue: StoredQueue;
  /** Whether its definition is there and matches its checksum. */
  readonly isWhole: boolean;
}

/** What was found in a place of a queue; `lost`: neighbours that cannot be read. */
export type Walked = { readonly whole: StoredMessageRow } | { readonly bad: BadRow } | { readonly lost: string };

/** A place in the order of {@link StoreWalk.messages}. */
export type WalkedPlace = Pick<Place, "priority" | "sequence">;

const PAGE_ROWS = 256;
const COLUMNS =
  "priority, sequence, message, shared, arrived_at, expires_at, deliver_at, size, failures, checksum AS entry_checksum";
const FORWARD = `SELECT ${COLUMNS} FROM entry WHERE queue = ? AND (priority, sequence) > (?, ?) ORDER BY priority, sequence LIMIT ?`;
const BACKWARD = `SELECT ${COLUMNS} FROM entry WHERE queue = ? AND (priority, sequence) > (?, ?) ORDER BY priority DESC, sequence DESC LIMIT ?`;
const BODY = "SELECT checksum AS message_checksum, bytes FROM message WHERE id = ?";

/** Reads a store that no broker has open as far as it can be read, and changes nothing. */
export class StoreWalk {
  readonly reader: StorageReader;

  /** @throws XqbusError what {@link StorageReader} throws */
  constructor(folder: string) {
    this.reader = new StorageReader({ path: join(folder, STORE_FILE), applicationId: APPLICATION_ID });
  }

  /** All queues, those included of which only messages are left. */
  queues(): readonly WalkedQueue[] {
    const found = new Map<number, WalkedQueue>();
    for (const row of this.#readable("SELECT * FROM queue ORDER BY id")) {
      const walked = queueOf(row);
      found.set(walked.queue.id, walked);
    }
    for (const { queue } of this.#readable("SELECT DISTINCT queue FROM entry ORDER BY queue")) {
      const id = Number(queue);
      if (!found.has(id)) found.set(id, { queue: nameless(id), isWhole: false });
    }
    return [...found.values()];
  }

  /**
   * The messages of a queue by priority and sequence. Pages that cannot be read are left out: reading goes on from the end.
   *
   * @param after those behind this place only
   */
  *messages(queue: StoredQueue, after: WalkedPlace = { priority: -1, sequence: 0 }): IterableIterator<Walked> {
    let { priority, sequence } = after;
    // A page that cannot be read as a whole is read row by row, up to the damage.
    for (let limit = PAGE_ROWS; limit > 0;) {
      const rows = this.#page(FORWARD, queue, priority, sequence, limit);
      if (rows === undefined) {
        limit = limit === 1 ? 0 : 1;
        continue;
      }
      for (const row of rows) yield this.#withBody(queue, row);
      const last = rows.at(-1);
      if (last === undefined) return;
      [priority, sequence] = [Number(last["priority"]), Number(last["sequence"])];
    }
    yield { lost: `behind message ${sequence} of priority ${priority}` };
    // From the other end, and each time one more: nothing but the order of the index can be relied on.
    for (let limit = 1; ; limit++) {
      const row = this.#page(BACKWARD, queue, priority, sequence, limit)?.[limit - 1];
      if (row === undefined) return;
      yield this.#withBody(queue, row);
    }
  }

  /** Bodies with their numbers, as far as they can be read. */
  *bodies(): IterableIterator<SqlRow> {
    let after = -1;
    try {
      for (;;) {
        const rows = this.reader.all("SELECT id, checksum, bytes FROM message WHERE id > ? ORDER BY id LIMIT 64", [
          after,
        ]);
        yield* rows;
        const last = rows.at(-1);
        if (last === undefined) return;
        after = Number(last["id"]);
      }
    } catch {
      // What cannot be read is missed by its place, and told there.
    }
  }

  /** Rows that a broker has set aside. */
  get setAside(): number {
    return Number(this.#readable("SELECT count(*) AS value FROM damaged")[0]?.["value"] ?? 0);
  }

  close(): void {
    this.reader.close();
  }

  #page(
    sql: string,
    { id }: StoredQueue,
    priority: number,
    sequence: number,
    limit: number,
  ): readonly SqlRow[] | undefined {
    try {
      return this.reader.all(sql, [id, priority, sequence, limit]);
    } catch {
      return undefined;
    }
  }

  #withBody(queue: StoredQueue, row: SqlRow): Walked {
    let body: SqlRow | undefined;
    try {
      [body] = this.reader.all(BODY, [row["message"] ?? null]);
    } catch {
      // Told as a missing message.
    }
    const { whole, bad } = readRows(queue, [{ ...row, message_checksum: null, bytes: null, ...body }]);
    return whole[0] === undefined ? { bad: bad[0] as BadRow } : { whole: whole[0] };
  }

  #readable(sql: string): readonly SqlRow[] {
    try {
      return this.reader.all(sql);
    } catch {
      return [];
    }
  }
}

function queueOf({ id, kind, name, settings, checksum, last_sequence, messages }: SqlRow): WalkedQueue {
  const definition: QueueDefinition = {
    kind: kind === "subscription" ? "subscription" : "queue",
    name: String(name),
    settings: String(settings),
  };
  const isWhole = checksum === definitionChecksum(Number(id), definition);
  const counts = { lastSequence: Number(last_sequence), messages: Number(messages) };
  const queue = { ...nameless(Number(id)), ...counts };
  return { queue: isWhole ? { ...queue, definition } : queue, isWhole };
}

/** A queue whose definition is lost. */
function nameless(id: number): StoredQueue {
  const definition = { kind: "queue", name: `xqbus.salvaged.${id}`, settings: "{}" } as const;
  return { id, definition, isSaved: false, isRemoved: false, lastSequence: 0, messages: 0 };
}
