import type { SqlValue, SqlWrite } from "../../storage/index.ts";
import { definitionChecksum, messageChecksum, placeChecksum } from "./checksum.ts";
import type { Place, QueueDefinition, StoredQueue } from "./message-store.ts";
import type { BadRow } from "./read-rows.ts";
import type { StoreRequest } from "./request.ts";
import * as tables from "./tables.ts";

/** Requests that the storage thread gets at a time: so many that handing them over costs little beside the work. */
const PART_REQUESTS = 128;

interface Counts {
  lastSequence: number;
  messages: number;
}

/**
 * The requests of one transaction, put together by statement, in parts. In a part what goes is first, so that its pages and the names of
 * queues are free for what comes; the order among the others does not matter, since a place or a queue is never used twice.
 *
 * Sequences and numbers are given here, and kept by the queues only when {@link commit} tells that the transaction is on disk.
 */
export class WriteBatch {
  readonly #definitions = new Map<StoredQueue, QueueDefinition>();
  readonly #counts = new Map<StoredQueue, Counts>();
  #part = new Part();
  #lastMessage: number;

  /** @param lastMessage number of the body that was added last */
  constructor(lastMessage: number) {
    this.#lastMessage = lastMessage;
  }

  /** What the requests write, made while it is asked for. */
  *parts(requests: readonly StoreRequest[]): IterableIterator<readonly SqlWrite[]> {
    for (const [index, request] of requests.entries()) {
      if (index > 0 && index % PART_REQUESTS === 0) yield this.#takePart();
      this.#take(request);
    }
    yield [...this.#takePart(), { sql: tables.QUEUE_COUNTS, rows: this.#countRows() }];
  }

  /** The transaction is on disk. Gives the number of the body that was added last. */
  commit(): number {
    for (const [queue, definition] of this.#definitions) {
      queue.definition = definition;
      queue.isSaved = true;
    }
    for (const [queue, counts] of this.#counts) Object.assign(queue, counts);
    return this.#lastMessage;
  }

  #takePart(): readonly SqlWrite[] {
    const { writes } = this.#part;
    this.#part = new Part();
    return writes;
  }

  #countRows(): SqlValue[][] {
    return [...this.#counts]
      .filter(([queue]) => queue.isSaved || this.#definitions.has(queue))
      .map(([{ id }, { lastSequence, messages }]) => [lastSequence, messages, id]);
  }

  #define(queue: StoredQueue, definition: QueueDefinition): void {
    const { kind, name, settings } = definition;
    this.#definitions.set(queue, definition);
    this.#part.definitions.push([queue.id, kind, name, settings, definitionChecksum(queue.id, definition)]);
  }

  #take(request: StoreRequest): void {
    switch (request.kind) {
      case "save":
        if (request.queue.isRemoved) return;
        return this.#define(request.queue, request.definition);
      case "remove-queue":
        return void this.#part.removed.push(request.queue);
      case "add":
        return this.#add(request.bytes, request.places);
      case "replace":
        this.#add(request.bytes, request.places);
        return this.#remove(request.old);
      case "remove":
        return this.#remove(request.place);
      case "remove-range": {
        const { queue, priority, after, last } = request.range;
        this.#part.rangeDeletes.push([queue.id, priority, after, last]);
        this.#countsOf(queue).messages -= request.messages;
        return;
      }
      case "count":
        return this.#countFailures(request.place);
      case "set-aside":
        return this.#setAside(request.row);
    }
  }

  /** A queue may have gone since it was asked. */
  #add(bytes: Buffer, asked: readonly Place[]): void {
    const places = asked.filter(({ queue }) => !queue.isRemoved);
    if (places.length === 0) return;
    const message = ++this.#lastMessage;
    this.#part.messages.push([message, messageChecksum(message, bytes), bytes]);
    for (const place of places) {
      const { queue } = place;
      if (!queue.isSaved && !this.#definitions.has(queue)) this.#define(queue, queue.definition);
      const counts = this.#countsOf(queue);
      counts.messages++;
      place.sequence = ++counts.lastSequence;
      place.message = message;
      place.shared = places.length > 1;
      this.#part.entries.push(rowOf(place));
    }
  }

  #remove({ queue, priority, sequence, message, shared }: Place): void {
    if (queue.isRemoved) return;
    this.#part.entryDeletes.push([queue.id, priority, sequence]);
    (shared ? this.#part.sharedDeletes : this.#part.messageDeletes).push([message]);
    this.#countsOf(queue).messages--;
  }

  #countFailures(place: Place): void {
    const { queue, priority, sequence, failures } = place;
    this.#part.failures.push([failures, placeChecksum(place), queue.id, priority, sequence]);
  }

  /** The message of a damaged place may be another place's. */
  #setAside({ place, reason, isPlaceWhole }: BadRow): void {
    const { queue, priority, sequence } = place;
    this.#part.asides.push([Date.now(), reason, queue.definition.name, queue.id, priority, sequence]);
    if (isPlaceWhole) return this.#remove(place);
    this.#part.entryDeletes.push([queue.id, priority, sequence]);
    this.#countsOf(queue).messages--;
  }

  #countsOf(queue: StoredQueue): Counts {
    let counts = this.#counts.get(queue);
    if (counts === undefined) {
      counts = { lastSequence: queue.lastSequence, messages: queue.messages };
      this.#counts.set(queue, counts);
    }
    return counts;
  }
}

/** Rows by statement. */
class Part {
  readonly asides: SqlValue[][] = [];
  readonly entryDeletes: SqlValue[][] = [];
  readonly messageDeletes: SqlValue[][] = [];
  readonly sharedDeletes: SqlValue[][] = [];
  readonly rangeDeletes: SqlValue[][] = [];
  readonly removed: StoredQueue[] = [];
  readonly definitions: SqlValue[][] = [];
  readonly messages: SqlValue[][] = [];
  readonly entries: SqlValue[][] = [];
  readonly failures: SqlValue[][] = [];

  get writes(): readonly SqlWrite[] {
    const { RANGE_DELETES, QUEUE_DELETES } = tables;
    return [
      { sql: tables.SET_ASIDE, rows: this.asides },
      { sql: tables.ENTRY_DELETE, rows: this.entryDeletes },
      { sql: tables.MESSAGE_DELETE, rows: this.messageDeletes },
      { sql: tables.SHARED_MESSAGE_DELETE, rows: this.sharedDeletes },
      ...this.rangeDeletes.flatMap((row) => RANGE_DELETES.map((sql) => ({ sql, rows: [row] }))),
      ...this.removed.flatMap(({ id }) => QUEUE_DELETES.map((sql) => ({ sql, rows: [[id]] }))),
      { sql: tables.QUEUE_UPSERT, rows: this.definitions },
      { sql: tables.MESSAGE_INSERT, rows: this.messages },
      { sql: tables.ENTRY_INSERT, rows: this.entries },
      { sql: tables.FAILURES_UPDATE, rows: this.failures },
    ].filter(({ rows }) => rows.length > 0);
  }
}

/** A place as a row of its table. */
export function rowOf(place: Place): SqlValue[] {
  const { queue, priority, sequence, message, shared, arrivedAt, expiresAt, deliverAt, size, failures } = place;
  // A plain literal: this is made for every copy of every message, and spreads cost.
  // prettier-ignore
  return [
    queue.id, priority, sequence, message, shared ? 1 : 0, arrivedAt, expiresAt ?? null, deliverAt ?? null, size, failures,
    placeChecksum(place),
  ];
}
