import type { LaneOnDisk, Page, PageRequest, Place, StoredQueue } from "../../store/message-store.ts";

/** Bytes and rows of one page. */
const PAGE_BYTES: number = 1024 * 1024;
const PAGE_ROWS = 256;

/** The messages at the end of a lane that are on disk only. While there are any, what comes joins them. */
export class LaneTail {
  readonly priority: number;
  messages: number;
  bytes: number;
  oldestArrival: number;
  firstExpiry: number | undefined;
  /** Whether rows are being read. */
  isBusy = false;
  /** Sequence of the last one that is in memory, or was. */
  #after: number;
  #last: number;
  /** Rows behind `after` that are done with, and may still be read. */
  readonly #gone = new Set<number>();

  constructor({ priority, messages, bytes, lastSequence, oldestArrival, firstExpiry }: LaneOnDisk, after: number) {
    this.priority = priority;
    this.messages = messages;
    this.bytes = bytes;
    this.oldestArrival = oldestArrival;
    this.firstExpiry = firstExpiry;
    this.#after = after;
    this.#last = lastSequence;
  }

  /** A tail that begins with a message. */
  static of({ priority, size, sequence, arrivedAt, expiresAt }: Place): LaneTail {
    const lane = { priority, messages: 1, bytes: size, lastSequence: sequence, oldestArrival: arrivedAt };
    return new LaneTail({ ...lane, firstExpiry: expiresAt }, sequence - 1);
  }

  /** Whether everything has been read. */
  get isRead(): boolean {
    return this.#after >= this.#last;
  }

  add({ size, sequence, expiresAt }: Place): void {
    this.messages++;
    this.bytes += size;
    this.#last = sequence;
    if (expiresAt !== undefined) this.firstExpiry = Math.min(expiresAt, this.firstExpiry ?? Infinity);
  }

  range(queue: StoredQueue): Omit<PageRequest, "limit"> {
    return { queue, priority: this.priority, after: this.#after, last: this.#last };
  }

  request(queue: StoredQueue): PageRequest {
    const mean = this.bytes / Math.max(1, this.messages);
    return { ...this.range(queue), limit: Math.max(1, Math.min(PAGE_ROWS, Math.floor(PAGE_BYTES / (mean + 1)))) };
  }

  /** Takes out a row before its turn; false when that was done before. */
  take(place: Place): boolean {
    if (!this.has(place)) return false;
    this.#gone.add(place.sequence);
    this.#count(place);
    return true;
  }

  /** Whether a row is on disk only, and not done with. */
  has({ sequence }: Place): boolean {
    return sequence > this.#after && !this.#gone.has(sequence);
  }

  /** Whether a row that was read is done with. */
  isGone({ sequence }: Place): boolean {
    return this.#gone.has(sequence);
  }

  /** Takes out a row in its turn; false when it was done with before. */
  pass(place: Place): boolean {
    this.#after = place.sequence;
    if (this.#gone.delete(place.sequence)) return false;
    this.oldestArrival = place.arrivedAt;
    this.#count(place);
    return true;
  }

  /** A page has been read to its end. */
  finish({ upTo }: Page): void {
    this.#after = Math.max(this.#after, upTo);
    for (const sequence of this.#gone) if (sequence <= this.#after) this.#gone.delete(sequence);
  }

  #count({ size }: Place): void {
    this.messages--;
    this.bytes -= Number.isNaN(size) ? 0 : size;
  }
}
