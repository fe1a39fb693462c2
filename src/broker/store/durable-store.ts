import { XqbusError } from "../../errors.ts";
import type { SqlRow, SqlValue, Storage } from "../../storage/index.ts";
import type {
  Done,
  ExpiredPage,
  MessageStore,
  Page,
  PageRequest,
  Place,
  QueueDefinition,
  RecoveredQueue,
  StoredQueue,
} from "./message-store.ts";
import { readRows } from "./read-rows.ts";
import type { BadRow, ReadRows } from "./read-rows.ts";
import { recoverQueues } from "./recover-queues.ts";
import type { Recovered } from "./recover-queues.ts";
import { mayBeRefused, sizeOf, tell } from "./request.ts";
import type { LaneRange, StoreRequest } from "./request.ts";
import * as tables from "./tables.ts";
import { WriteBatch } from "./write-batch.ts";

/** One transaction takes so much at most, whichever comes first. */
const MAX_BATCH_REQUESTS = 4096;
const MAX_BATCH_BYTES: number = 16 * 1024 * 1024;
/** How long those wait for room that cannot be refused, in ms. */
const RETRY_MS = 100;

/** Messages in a SQLite file; one transaction for everything that was asked while the one before was being flushed. */
export class DurableStore implements MessageStore {
  readonly queueMemoryBytes: number;
  onFailed: ((error: XqbusError) => void) | undefined;
  readonly #storage: Storage;
  readonly #onProblem: ((error: XqbusError) => void) | undefined;
  #asked: StoreRequest[] = [];
  /** Requests of the transaction that is being flushed. */
  #flushing = 0;
  #running: Promise<void> | undefined;
  #failure: XqbusError | undefined;
  #closing = false;
  #closed = false;
  #lastQueue = 0;
  #lastMessage = 0;
  #damaged = 0;

  constructor(storage: Storage, queueMemoryBytes: number, onProblem?: (error: XqbusError) => void) {
    this.#storage = storage;
    this.queueMemoryBytes = queueMemoryBytes;
    this.#onProblem = onProblem;
  }

  get failure(): XqbusError | undefined {
    return this.#failure;
  }

  get damaged(): number {
    return this.#damaged;
  }

  get waiting(): number {
    return this.#asked.length + this.#flushing;
  }

  async recover(): Promise<readonly RecoveredQueue[]> {
    const recovered: Recovered = await recoverQueues(this.#storage, (rows) => this.#sift(rows));
    this.#lastQueue = recovered.lastQueue;
    this.#lastMessage = recovered.lastMessage;
    this.#damaged += recovered.damaged;
    for (const problem of recovered.problems) this.#onProblem?.(problem);
    return recovered.queues;
  }

  newQueue(definition: QueueDefinition): StoredQueue {
    const counts = { isSaved: false, isRemoved: false, lastSequence: 0, messages: 0 };
    return { id: ++this.#lastQueue, definition, ...counts };
  }

  save(queue: StoredQueue, definition: QueueDefinition, done: Done): void {
    this.#ask({ kind: "save", queue, definition, done });
  }

  removeQueue(queue: StoredQueue): void {
    if (queue.isRemoved) return;
    queue.isRemoved = true;
    this.#ask({ kind: "remove-queue", queue });
  }

  add(bytes: Buffer, places: readonly Place[], done: Done): void {
    this.#ask({ kind: "add", bytes, places, done });
  }

  replace(old: Place, bytes: Buffer, places: readonly Place[], done: Done): void {
    this.#ask({ kind: "replace", old, bytes, places, done });
  }

  remove(place: Place): void {
    if (!place.queue.isRemoved) this.#ask({ kind: "remove", place });
  }

  removeRange(range: LaneRange, messages: number): void {
    if (!range.queue.isRemoved) this.#ask({ kind: "remove-range", range, messages });
  }

  countFailures(place: Place): void {
    if (!place.queue.isRemoved) this.#ask({ kind: "count", place });
  }

  async page({ queue, priority, after, last, limit }: PageRequest): Promise<Page> {
    const rows = await this.#read(tables.PAGE, [queue.id, priority, after, last, limit]);
    const { whole, bad } = this.#sift(readRows(queue, rows));
    const upTo = rows.length < limit ? last : Math.max(after, Number(rows.at(-1)?.["sequence"]));
    return { rows: whole, damaged: bad.map(({ place }) => place), upTo };
  }

  async expired({ queue, priority, after, last, limit }: PageRequest, now: number): Promise<ExpiredPage> {
    const rows = await this.#read(tables.EXPIRED_PAGE, [queue.id, priority, after, last, now, limit]);
    const { whole, bad } = this.#sift(readRows(queue, rows));
    const [next] = await this.#read(tables.NEXT_EXPIRY, [queue.id, now]);
    const time = next?.["value"];
    return {
      ...{ rows: whole, damaged: bad.map(({ place }) => place) },
      next: rows.length === limit ? now : typeof time === "number" ? time : undefined,
    };
  }

  async close(): Promise<void> {
    this.#closing = true;
    while (this.#running !== undefined && this.#failure === undefined) await this.#running;
    this.#closed = true;
    await this.#storage.close();
  }

  /** The thread has ended by itself. */
  fail(error: XqbusError): void {
    if (this.#failure !== undefined || this.#closed) return;
    this.#failure = error;
    const asked = this.#asked;
    this.#asked = [];
    for (const request of asked) tell(request, error);
    this.onFailed?.(error);
    this.#onProblem?.(error);
  }

  #ask(request: StoreRequest): void {
    const end = this.#closed ? new XqbusError("xqbus:already-closed", "the message store was closed") : this.#failure;
    if (end !== undefined) return tell(request, end);
    this.#asked.push(request);
    this.#running ??= new Promise((resolve) => {
      // What comes in the same turn of the event loop goes into the same transaction.
      setImmediate(() => void this.#run().then(resolve));
    });
  }

  async #run(): Promise<void> {
    while (this.#asked.length > 0 && this.#failure === undefined) await this.#flush(this.#takeBatch());
    this.#running = undefined;
  }

  #takeBatch(): StoreRequest[] {
    const asked = this.#asked;
    let bytes = 0;
    let count = 0;
    for (const request of asked) {
      bytes += sizeOf(request);
      if (count > 0 && (count >= MAX_BATCH_REQUESTS || bytes > MAX_BATCH_BYTES)) break;
      count++;
    }
    this.#asked = asked.slice(count);
    return count === asked.length ? asked : asked.slice(0, count);
  }

  async #flush(requests: readonly StoreRequest[]): Promise<void> {
    const batch = new WriteBatch(this.#lastMessage);
    this.#flushing = requests.length;
    try {
      await this.#storage.writeParts(batch.parts(requests));
    } catch (error) {
      this.#flushing = 0;
      return this.#onFailed(requests, error as XqbusError);
    }
    this.#flushing = 0;
    this.#lastMessage = batch.commit();
    for (const request of requests) tell(request, undefined);
  }

  /** Without room publishers are refused; the others try again, at once if they were held up by publishers only. */
  async #onFailed(requests: readonly StoreRequest[], error: XqbusError): Promise<void> {
    if (error.code !== "xqbus:store-full") {
      this.fail(error);
      for (const request of requests) tell(request, this.#failure);
      return;
    }
    const waiting = requests.filter((request) => !mayBeRefused(request));
    for (const request of requests) if (mayBeRefused(request)) tell(request, error);
    // Without room until the end everything is on disk as it was, and comes again at the next start.
    if (this.#closing && waiting.length === requests.length) return;
    this.#asked = [...waiting, ...this.#asked];
    if (waiting.length === requests.length) await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
  }

  async #read(sql: string, parameters: readonly SqlValue[]): Promise<readonly SqlRow[]> {
    try {
      return await this.#storage.read(sql, parameters);
    } catch (error) {
      this.fail(error as XqbusError);
      throw error;
    }
  }

  /** Reports damaged rows and sets them aside. */
  #sift(rows: ReadRows): ReadRows {
    this.#damaged += rows.bad.length;
    for (const row of rows.bad) {
      this.#ask({ kind: "set-aside", row });
      this.#onProblem?.(damage(row));
    }
    return rows;
  }
}

function damage({ place: { queue, sequence }, reason }: BadRow): XqbusError {
  return new XqbusError(
    "xqbus:store-damaged",
    `message ${sequence} of ${JSON.stringify(queue.definition.name)} is damaged (${reason}) and was set aside`,
  );
}
