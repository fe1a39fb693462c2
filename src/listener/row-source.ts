import type { Clock } from "../clock.ts";
import { XqbusError } from "../errors.ts";
import { Event } from "../event/index.ts";
import type { Catalog } from "../schema/index.ts";
import { Fifo, type DeliverySource, type Outcome } from "../subscription/index.ts";
import { RowDelivery, type DeliveredEvent, type DeliveryRow } from "./row-delivery.ts";
import { checksumOf, type DeliveryOutcome, type EventRow, type ListenerStore, type WaitingRow } from "./store/index.ts";
import { DEAD, DELIVERED, WAITING } from "./store/tables.ts";

/** What a source is made of. */
export interface RowSourceOptions {
  readonly store: ListenerStore;
  /** Number of the listener. */
  readonly listener: number;
  readonly catalog: Catalog;
  readonly clock: Clock;
  /** An outcome is on disk. */
  readonly onSettled: (outcome: DeliveryOutcome, delivery: RowDelivery | undefined) => void;
  /** The store did not answer. */
  readonly onError: (error: XqbusError) => void;
}

/** Rows that have just been written and wait at hand, and bytes of their bodies: what comes while they are at hand is read from the disk. */
const FRESH_ROWS = 1024;
const FRESH_BYTES: number = 512 * 1024;
/** Bytes of bodies that are read from the disk and at hand at the same time, but for a single larger event. */
const HELD_BYTES: number = 4 * 1024 * 1024;
/** Events that are read are as large as the bus let them be. */
const UNLIMITED = { maxBytes: Infinity, maxAttributes: Infinity, maxNameLength: Infinity, maxDepth: Infinity };
/** After which the disk is asked again that did not answer, or did not take an outcome, in ms. */
const READ_AGAIN_MS = 1000;

/** A row that is on disk, and due, with its event. */
interface FreshRow {
  readonly row: DeliveryRow;
  readonly notified: DeliveredEvent;
  /** Bytes of its body. */
  readonly size: number;
}

/**
 * The rows of one listener that wait, as a source of deliveries: in the order in which they are due, read from the disk when somebody
 * asks for them, or from memory when they have just been written and nothing is before them on disk.
 *
 * What is not due costs nothing but its row: one alarm is set for the next one.
 */
export class RowSource implements DeliverySource<RowDelivery> {
  readonly canDelay = true;
  readonly #options: RowSourceOptions;
  /** Deliveries that the subscription has, until their outcome is on disk, with the bytes that were read for them. */
  readonly #held: Map<number, number> = new Map();
  #heldBytes = 0;
  /** All rows that nobody has, unless there are more on disk ({@link RowSource.#isBehind}): then the first of them. */
  #fresh: Fifo<FreshRow> = new Fifo();
  #freshBytes = 0;
  /** Whether the next row has to wait until one of those at hand is done. */
  #isFull = false;
  #receive: ((delivery: RowDelivery) => void) | undefined;
  #requested = 0;
  /** Deliveries that may still be handed over: Infinity, none, or one, the probe. */
  #allowed = 0;
  /** Whether there may be rows on disk that are due and nobody has. */
  #isBehind = true;
  #isReading = false;
  /** Rows whose outcome was stored while the disk was read: what is read may be older. */
  readonly #doneMeanwhile: Set<number> = new Set();
  #isStopped = false;
  #alarm: { readonly at: number; readonly cancel: () => void } | undefined;

  constructor(options: RowSourceOptions) {
    this.#options = options;
  }

  start(receive: (delivery: RowDelivery) => void): void {
    this.#receive = receive;
    this.#pump();
  }

  request(count: number): void {
    this.#requested += count;
    this.#pump();
  }

  stop(): void {
    this.#isStopped = true;
    this.#alarm?.cancel();
    this.#alarm = undefined;
  }

  /** Lets everything through (Infinity), one delivery as a probe (1), or nothing (0). */
  allow(count: number): void {
    this.#allowed = count;
    if (count === 0) this.#forgetFresh();
    this.#pump();
  }

  /** There may be rows that are due. */
  wake(): void {
    this.#isBehind = true;
    this.#pump();
  }

  /** A row that has just been written, and is due. @param size bytes of its body */
  offer(row: DeliveryRow, notified: DeliveredEvent, size: number): void {
    if (!this.#keeps(size)) return this.wake();
    this.#fresh.push({ row, notified, size });
    this.#freshBytes += size;
    this.#pump();
  }

  /** Whether a row can wait at hand: nothing on disk is before it, and there is room, or it goes on at once. */
  #keeps(size: number): boolean {
    if (this.#isBehind || this.#isReading || this.#isStopped) return false;
    const { size: rows } = this.#fresh;
    if (rows === 0 && this.#wanted > 0) return true;
    return this.#allowed === Infinity && rows < FRESH_ROWS && this.#freshBytes + size <= FRESH_BYTES;
  }

  #pump(): void {
    if (this.#receive === undefined || this.#isStopped) return;
    while (this.#wanted > 0 && this.#fresh.size > 0) this.#handOverFresh();
    if (this.#isBehind && !this.#isReading && this.#wanted > 0 && !this.#isFull) void this.#read();
  }

  #handOverFresh(): void {
    const fresh = this.#fresh.shift();
    if (fresh === undefined) return;
    const { row, notified, size } = fresh;
    this.#freshBytes -= size;
    this.#held.set(row.number, 0);
    this.#handOver(row, notified);
  }

  /** What is given back by the receiver comes before it: all of it is read again, in its order. */
  #forgetFresh(): void {
    if (this.#fresh.size === 0) return;
    this.#fresh = new Fifo();
    this.#freshBytes = 0;
    this.#isBehind = true;
  }

  get #wanted(): number {
    return Math.min(this.#requested, this.#allowed);
  }

  async #read(): Promise<void> {
    this.#isReading = true;
    this.#isBehind = false;
    this.#doneMeanwhile.clear();
    // The outcomes of one flush ask for more one by one: one page is for all of them.
    await new Promise<void>((resolve) => process.nextTick(resolve));
    let page: readonly WaitingRow[] = [];
    let events: ReadonlyMap<number, EventRow> = new Map();
    try {
      const { store, listener } = this.#options;
      const wanted = this.#wanted;
      page = this.#pageOf(await store.due(listener, wanted + this.#held.size), wanted);
      if (page.length > 0) events = await store.events(page.map(({ event }) => event));
    } catch (error) {
      // Nobody has them, and they are still to be read.
      for (const { number } of page) this.#letGo(number);
      page = [];
      // Not before the alarm.
      this.#isBehind = false;
      this.#options.onError(error as XqbusError);
      this.#setAlarm(this.#options.clock.now() + READ_AGAIN_MS);
    }
    this.#handOverPage(page, events);
    this.#isReading = false;
    this.#pump();
  }

  /** The first rows that are due and nobody has; from here on they are held. */
  #pageOf(rows: readonly WaitingRow[], wanted: number): readonly WaitingRow[] {
    const now = this.#options.clock.now();
    const page: WaitingRow[] = [];
    let bytes = this.#heldBytes;
    for (const row of rows) {
      if (this.#held.has(row.number) || this.#doneMeanwhile.has(row.number)) continue;
      if (row.nextAt > now) {
        this.#setAlarm(row.nextAt);
        break;
      }
      bytes += row.size;
      this.#isFull = bytes > row.size && bytes > HELD_BYTES;
      if (page.length === wanted || this.#isFull) {
        this.#isBehind = true;
        break;
      }
      page.push(row);
    }
    if (page.length === wanted) this.#isBehind = true;
    for (const { number, size } of page) this.#held.set(number, size);
    this.#heldBytes = page.reduce((sum, { size }) => sum + size, this.#heldBytes);
    return page;
  }

  #handOverPage(page: readonly WaitingRow[], events: ReadonlyMap<number, EventRow>): void {
    const parsed = new Map<number, DeliveredEvent | XqbusError>();
    for (const row of page) {
      if (this.#isStopped || this.#allowed === 0 || this.#requested === 0) {
        this.#letGo(row.number);
        this.#isBehind = true;
        continue;
      }
      let notified = parsed.get(row.event);
      if (notified === undefined) parsed.set(row.event, (notified = this.#eventOf(events.get(row.event))));
      if (notified instanceof XqbusError) this.#refuse(row, notified);
      else this.#handOver(row, notified);
    }
  }

  #handOver(row: DeliveryRow, notified: DeliveredEvent): void {
    const isProbe = this.#allowed !== Infinity;
    this.#requested--;
    this.#allowed--;
    this.#receive?.(new RowDelivery(row, notified, isProbe, this.#settle));
  }

  #eventOf(row: EventRow | undefined): DeliveredEvent | XqbusError {
    if (row?.bytes === undefined) return new XqbusError("xqbus:store-damaged", "the event is not there any more");
    if (checksumOf(row.bytes) !== row.checksum) {
      return new XqbusError("xqbus:store-damaged", "the event is not as it was written: its checksum is wrong");
    }
    const { catalog } = this.#options;
    return { ...row, event: Event.parse(row.bytes, { catalog, limits: UNLIMITED }) };
  }

  /** A row whose event cannot be delivered. */
  #refuse(row: WaitingRow, { message: error }: XqbusError): void {
    const { number, nextAt, firstAt, failures, attempts } = row;
    const outcome = { number, nextAt, firstAt, failures, attempts, attempt: undefined };
    this.#store({ ...outcome, state: DEAD, reason: "damaged", error }, undefined).catch((cause: XqbusError) =>
      this.#options.onError(cause),
    );
  }

  readonly #settle = (delivery: RowDelivery, outcome: Outcome): void | Promise<void> => {
    const { row, attempt } = delivery;
    const { number, nextAt, firstAt, failures } = row;
    const attempts = attempt?.number ?? row.attempts;
    const same = { number, attempt, nextAt, firstAt, failures, attempts, reason: undefined, error: undefined };
    switch (outcome.kind) {
      case "accepted":
        return this.#store({ ...same, state: DELIVERED }, delivery);
      case "rejected": {
        const { reason, error: thrown, firstAt: began, attempts: failed } = outcome.letter;
        const error = delivery.attempt?.message ?? thrown.message;
        const why = { reason, error, firstAt: began, failures: failed };
        return this.#store({ ...same, ...why, state: DEAD }, delivery);
      }
      case "modified": {
        const { attempts: failed, firstAt: began, delayMs } = outcome;
        const at = this.#options.clock.now() + delayMs;
        return this.#store({ ...same, state: WAITING, nextAt: at, firstAt: began, failures: failed }, delivery);
      }
      case "released":
        if (attempt !== undefined) return this.#store({ ...same, state: WAITING }, delivery);
        this.#letGo(number);
        this.wake();
        return undefined;
    }
  };

  async #store(outcome: DeliveryOutcome, delivery: RowDelivery | undefined): Promise<void> {
    await this.#settled(outcome);
    this.#letGo(outcome.number);
    if (outcome.state === WAITING) this.#setAlarm(outcome.nextAt);
    this.#options.onSettled(outcome, delivery);
  }

  /** Resolves when an outcome is on disk: it is true, and without it the receiver would be told twice, or the next attempt never be made. */
  async #settled(outcome: DeliveryOutcome): Promise<void> {
    const { store, clock, onError } = this.#options;
    for (let failures = 0; ; failures++) {
      try {
        return await store.settle(outcome);
      } catch (error) {
        if (this.#isStopped) throw error;
        if (failures === 0) onError(error as XqbusError);
      }
      await new Promise<void>((resolve) => clock.at(clock.now() + READ_AGAIN_MS, resolve));
    }
  }

  #letGo(number: number): void {
    this.#heldBytes -= this.#held.get(number) ?? 0;
    this.#held.delete(number);
    if (this.#isReading) this.#doneMeanwhile.add(number);
    if (!this.#isFull) return;
    this.#isFull = false;
    this.#pump();
  }

  /** Wakes when a row becomes due; the earliest of those that were asked for counts. */
  #setAlarm(at: number): void {
    if (this.#isStopped || (this.#alarm !== undefined && this.#alarm.at <= at)) return;
    this.#alarm?.cancel();
    const { clock } = this.#options;
    if (at <= clock.now()) {
      this.#alarm = undefined;
      this.wake();
      return;
    }
    const cancel = clock.at(at, () => {
      this.#alarm = undefined;
      this.wake();
    });
    this.#alarm = { at, cancel };
  }
}
