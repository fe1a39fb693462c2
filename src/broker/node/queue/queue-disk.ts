import type {
  Done,
  ExpiredPage,
  MessageStore,
  Page,
  PageRequest,
  Place,
  QueueDefinition,
  StoredQueue,
} from "../../store/message-store.ts";
import type { MemoryBudget } from "../memory-budget.ts";
import type { Arrival } from "./entry.ts";
import type { LaneTail } from "./lane-tail.ts";

/** What a message takes in memory besides its bytes. */
const ENTRY_BYTES = 256;
/** What every queue may have in memory. */
const LEAST_MEMORY_BYTES: number = 1024 * 1024;
/** How much of the broker's memory may be in use when more is read: for a consumer, and to have it at hand. */
const SHARE_OF_READERS = 0.75;
const SHARE_OF_STOCK = 0.5;

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

  /**
   * Whether one more message may be read into memory. What a consumer has passed that looks for something in a long queue stays in
   * memory, and publishers need some; but a queue of which there is little in memory may have more whatever others have, or they could
   * stop its consumers.
   *
   * @param urgent whether a consumer waits for it
   */
  mayTakeIn(bytes: number, { used, limit }: MemoryBudget, urgent: boolean): boolean {
    if (urgent && this.#memory < LEAST_MEMORY_BYTES) return true;
    return used + bytes <= limit * (urgent ? SHARE_OF_READERS : SHARE_OF_STOCK);
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

  /** @param part the sequence behind which to read, and the last one; default: the whole tail */
  page(tail: LaneTail, part: Partial<Pick<PageRequest, "after" | "last">> = {}): Promise<Page> {
    return this.#store.page({ ...tail.request(this.queue), ...part });
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
