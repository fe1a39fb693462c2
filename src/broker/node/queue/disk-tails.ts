import type { LaneOnDisk, Place, StoredMessageRow } from "../../store/message-store.ts";
import { LaneTail } from "./lane-tail.ts";
import type { QueueDisk } from "./queue-disk.ts";

/** The queue whose messages are on disk. */
export interface TailOwner {
  /** Whether the lane of that priority goes on on disk. */
  markLane(priority: number, goesOn: boolean): void;
  /** Whether a message can be in memory. `urgent`: a consumer waits for it. */
  hasMemory(row: StoredMessageRow, urgent: boolean): boolean;
  /** Puts a message into memory. */
  takeIn(row: StoredMessageRow): void;
  /** The message's time is over. */
  expire(row: StoredMessageRow): void;
  /** Messages are there no more. */
  lose(messages: number, bytes: number): void;
  /** Something has been read. */
  changed(): void;
  /** Calls back when there may be memory. */
  later(callback: () => void): void;
}

/** What of a queue is on disk only, by lanes; reads it by pages when it is wanted. */
export class DiskTails {
  readonly #disk: QueueDisk;
  readonly #owner: TailOwner;
  /** Highest priority first. */
  readonly #tails: LaneTail[] = [];
  #closed = false;
  /** What is being read. */
  #reading: Promise<void> = Promise.resolve();

  constructor(disk: QueueDisk, owner: TailOwner) {
    this.#disk = disk;
    this.#owner = owner;
  }

  /** When a message on disk is over, ms since 1970; undefined while that is being looked up. */
  get firstExpiry(): number | undefined {
    const times = this.#tails.flatMap(({ isBusy, firstExpiry = Infinity }) => (isBusy ? [] : [firstExpiry]));
    return times.length === 0 ? undefined : Math.min(...times);
  }

  get oldestArrival(): number | undefined {
    return this.#tails.length === 0 ? undefined : Math.min(...this.#tails.map(({ oldestArrival }) => oldestArrival));
  }

  /** Takes over what was there when the broker started. */
  recover(lanes: readonly LaneOnDisk[], delayed: readonly StoredMessageRow[]): void {
    for (const row of delayed) this.#owner.takeIn(row);
    for (const lane of lanes) this.#insert(new LaneTail(lane, 0));
  }

  /** Whether a message stays on disk, because others before it do or the queue has its share of memory. */
  keeps(place: Place): boolean {
    if (place.deliverAt !== undefined) return false;
    const tail = this.#tailOf(place.priority);
    if (tail !== undefined) tail.add(place);
    else if (this.#disk.hasRoom) return false;
    else this.#insert(LaneTail.of(place));
    return true;
  }

  /** Reads a page. `urgent`: a consumer waits for it. */
  load(urgent: boolean): Promise<void> {
    const [tail] = this.#tails;
    if (tail === undefined || tail.isBusy || this.#closed) return this.#reading;
    return (this.#reading = this.#load(tail, urgent));
  }

  /** Reads on until something has come into memory; false when nothing does. */
  async readOn(): Promise<boolean> {
    for (;;) {
      const [tail] = this.#tails;
      if (tail === undefined || this.#closed) return false;
      const { messages } = tail;
      await this.load(true);
      if (tail.messages < messages) return true;
      if (this.#tails.includes(tail) && !tail.isBusy) return false;
    }
  }

  async #load(tail: LaneTail, urgent: boolean): Promise<void> {
    tail.isBusy = true;
    const page = await this.#disk.page(tail).catch(() => undefined);
    tail.isBusy = false;
    // A store that has failed says so itself; a tail that was purged meanwhile is gone.
    if (page === undefined || this.#closed || !this.#tails.includes(tail)) return;
    this.#drop(tail, page.damaged);
    for (const row of page.rows) {
      if (!this.#owner.hasMemory(row, urgent)) {
        if (urgent) this.#owner.later(() => void this.load(true));
        return;
      }
      if (tail.pass(row.place)) this.#owner.takeIn(row);
    }
    tail.finish(page);
    if (tail.isRead) this.#remove(tail);
    this.#owner.changed();
  }

  /** What of a lane is on disk only at the time of the call, without taking it in. */
  rows(priority: number): AsyncIterableIterator<StoredMessageRow> {
    const tail = this.#tailOf(priority);
    return this.#rows(tail, tail?.range(this.#disk.queue));
  }

  async *#rows(
    tail: LaneTail | undefined,
    { after: start = 0, last = 0 }: { readonly after?: number; readonly last?: number } = {},
  ): AsyncIterableIterator<StoredMessageRow> {
    let after = start;
    while (tail !== undefined && after < last && !this.#closed && this.#tails.includes(tail)) {
      const page = await this.#disk.page(tail, { after, last });
      this.#drop(tail, page.damaged);
      for (const row of page.rows) if (!tail.isGone(row.place)) yield row;
      if (page.rows.length + page.damaged.length === 0 || page.upTo === after) return;
      after = page.upTo;
    }
  }

  /** Takes out a row before its turn; false when it is not on disk only, or cannot be handed over. */
  takeOut(place: Place, handOver: (place: Place) => boolean): boolean {
    const tail = this.#tailOf(place.priority);
    if (tail?.has(place) !== true || this.#closed || !handOver(place)) return false;
    tail.take(place);
    this.#owner.lose(1, place.size);
    if (tail.messages === 0) this.#remove(tail);
    this.#owner.changed();
    return true;
  }

  /** Gives up what is over. */
  async expire(now: number): Promise<void> {
    const due = this.#tails.find(({ isBusy, firstExpiry = Infinity }) => !isBusy && firstExpiry <= now);
    if (due === undefined || this.#closed) return;
    due.isBusy = true;
    const reading = this.#disk.expired(due, now).catch(() => undefined);
    this.#reading = reading.then(() => undefined);
    const page = await reading;
    due.isBusy = false;
    if (page === undefined || this.#closed || !this.#tails.includes(due)) return;
    this.#drop(due, page.damaged);
    for (const row of page.rows) if (due.take(row.place)) this.#owner.expire(row);
    due.firstExpiry = page.next;
    if (due.messages === 0) this.#remove(due);
    this.#owner.changed();
  }

  /** Deletes everything that is on disk only; gives how many messages. */
  purge(): number {
    let purged = 0;
    for (const tail of [...this.#tails]) {
      this.#disk.removeTail(tail);
      purged += tail.messages;
      this.#remove(tail);
    }
    return purged;
  }

  close(): void {
    this.#closed = true;
  }

  #drop(tail: LaneTail, places: readonly Place[]): void {
    for (const place of places) if (tail.take(place)) this.#owner.lose(1, Number.isNaN(place.size) ? 0 : place.size);
  }

  #tailOf(priority: number): LaneTail | undefined {
    return this.#tails.find((tail) => tail.priority === priority);
  }

  #insert(tail: LaneTail): void {
    const at = this.#tails.findIndex(({ priority }) => priority < tail.priority);
    this.#tails.splice(at < 0 ? this.#tails.length : at, 0, tail);
    this.#owner.markLane(tail.priority, true);
  }

  /** What a tail still counts is not on disk: rows were lost. */
  #remove(tail: LaneTail): void {
    this.#tails.splice(this.#tails.indexOf(tail), 1);
    this.#owner.markLane(tail.priority, false);
    this.#owner.lose(tail.messages, tail.bytes);
  }
}
