import type { SqlValue, SqlWrite } from "../../storage/index.ts";
import { definitionChecksum, messageChecksum } from "./checksum.ts";
import type { StoredMessageRow, StoredQueue } from "./message-store.ts";
import * as tables from "./tables.ts";
import { rowOf } from "./write-batch.ts";

const MAX_ROWS = 1000;
const MAX_BYTES: number = 16 * 1024 * 1024;

/** Copies one queue into a new store, so many rows at a time. */
export class SalvageBatch {
  readonly #queue: StoredQueue;
  readonly #write: (writes: readonly SqlWrite[]) => void;
  #messages: SqlValue[][] = [];
  #entries: SqlValue[][] = [];
  #bytes = 0;
  #count = 0;
  #lastSequence: number;

  constructor(queue: StoredQueue, write: (writes: readonly SqlWrite[]) => void) {
    this.#queue = queue;
    this.#write = write;
    this.#lastSequence = queue.lastSequence;
  }

  /** @param hasBody whether another queue has brought the body already */
  add({ place, bytes }: StoredMessageRow, hasBody: boolean): void {
    if (!hasBody) {
      this.#messages.push([place.message, messageChecksum(place.message, bytes), bytes]);
      this.#bytes += bytes.length;
    }
    this.#entries.push([...rowOf(place)]);
    this.#lastSequence = Math.max(this.#lastSequence, place.sequence);
    this.#count++;
    if (this.#entries.length >= MAX_ROWS || this.#bytes >= MAX_BYTES) this.#flush();
  }

  /** Writes what is left, and the queue; gives how many messages it has. */
  finish(): number {
    this.#flush();
    const { id, definition } = this.#queue;
    const { kind, name, settings } = definition;
    this.#write([
      { sql: tables.QUEUE_UPSERT, rows: [[id, kind, name, settings, definitionChecksum(id, definition)]] },
      { sql: tables.QUEUE_COUNTS, rows: [[this.#lastSequence, this.#count, id]] },
    ]);
    return this.#count;
  }

  #flush(): void {
    this.#write([
      { sql: tables.MESSAGE_INSERT, rows: this.#messages },
      { sql: tables.ENTRY_INSERT, rows: this.#entries },
    ]);
    this.#messages = [];
    this.#entries = [];
    this.#bytes = 0;
  }
}
