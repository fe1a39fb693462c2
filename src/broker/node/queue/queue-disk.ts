import type {
  Done,
  ExpiredPage,
  MessageStore,
  Page,
  Place,
  QueueDefinition,
  StoredQueue,
} from "../../store/message-store.ts";
import type { Arrival } from "./entry.ts";
import type { LaneTail } from "./lane-tail.ts";

/** What a message takes in memory besides its bytes. */
const ENTRY_BYTES = 256;

/** The durable side of one queue: its rows, and how much of it is in memory. */
export class QueueDisk {
  readonly queue: StoredQueue;
  readonly #store: MessageStore;
  #memory = 0;

  constructor(store: MessageStore, queue: StoredQueue) {
    this.#store = store;
    this.queue = queue;
  }

  /** Whether there is room for more messages of the queue in memory. */
  get hasRoom(): boolean {
    return this.#memory < this.#store.queueMemoryBytes;
  }

  /** Whether so much of the queue's memory is free that a page should be read. */
  get isLow(): boolean {
    return this.#memory < this.#store.queueMemoryBytes / 2;
  }

  /** A message is in memory. */
  enter({ size }: Place): void {
    this.#memory += size + ENTRY_BYTES;
  }

  /** A message is in memory no longer. */
  leave({ size }: Place): void {
    this.#memory -= size + ENTRY_BYTES;
  }

  /** The row of a message that is to be written. */
  placeFor(size: number, { priority, expiresAt, deliverAt }: Arrival, arrivedAt: number): Place {
    return {
      ...{ queue: this.queue, priority, arrivedAt, size, sequence: 0, message: 0, shared: false, failures: 0 },
      ...{ expiresAt: wholeTime(expiresAt), deliverAt: wholeTime(deliverAt) },
    };
  }

  /** Writes what the queue is made of. */
  save(definition: QueueDefinition, done: Done): void {
    this.#store.save(this.queue, definition, done);
  }

  remove(place: Place): void {
    this.#store.remove(place);
  }

  countFailures(place: Place, failures: number): void {
    place.failures = failures;
    this.#store.countFailures(place);
  }

  removeTail(tail: LaneTail): void {
    this.#store.removeRange(tail.range(this.queue), tail.messages);
  }

  /** The queue is gone for good. */
  removeQueue(): void {
    this.#store.removeQueue(this.queue);
  }

  page(tail: LaneTail): Promise<Page> {
    return this.#store.page(tail.request(this.queue));
  }

  expired(tail: LaneTail, now: number): Promise<ExpiredPage> {
    return this.#store.expired(tail.request(this.queue), now);
  }
}

/** Times come from clients: the disk keeps whole ms. */
function wholeTime(time: number | undefined): number | undefined {
  if (time === undefined || Number.isNaN(time)) return undefined;
  return Math.round(Math.min(Number.MAX_SAFE_INTEGER, Math.max(0, time)));
}
