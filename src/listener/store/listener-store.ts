import { join } from "node:path";
import { crc32 } from "node:zlib";
import { XqbusError } from "../../errors.ts";
import { isRefused, type RowStorage } from "../../database/index.ts";
import { GroupCommit, makePrivate, Storage, type SqlRow, type SqlValue, type SqlWrite } from "../../storage/index.ts";
import type { StoredListener } from "../listener-definition.ts";
import type { KeptCounts } from "../listener.ts";
import { GrowingNumbers, numberIn, objectId, randomTail, type Slots } from "../object-id.ts";
import { countRowOf, countsOf, eventOf, listenerOf, waitingOf, type EventRow, type WaitingRow } from "./rows.ts";
import {
  eventKey,
  StoreBatch,
  type Arrival,
  type DeliveryOutcome,
  type KnownEvents,
  type NewDelivery,
  type StoreRequest,
} from "./store-requests.ts";
import { openSharedRows, STORE_FILE } from "./shared-rows.ts";
import * as tables from "./tables.ts";

/** What is told of a store. */
interface StoreHearers {
  /** Of PostgreSQL: a connection is lost, which the next use opens again. Of a file: told once, when it cannot be used any more. */
  readonly onFailure: (error: XqbusError) => void;
  /** Deliveries of these listeners, by number, are on disk. */
  readonly onStored?: (listeners: ReadonlySet<number>) => void;
}

/** A store in a file of this process. */
export interface ListenerStoreOptions extends StoreHearers {
  /** An existing folder; the file is `listeners.db`. */
  readonly folder: string;
  /** Largest size of the file in bytes; then nothing new is taken from the bus until there is room. */
  readonly maxBytes?: number | undefined;
  /** There is no room for an event; told each time. */
  readonly onFull?: () => void;
}

/** A store that several processes have. */
export interface SharedStoreOptions extends StoreHearers {
  /** Of a database of PostgreSQL. */
  readonly url: string;
  /** Which numbers are of this process. */
  readonly slots: Slots;
}

/** What a store is made of. */
interface StoreParts extends Pick<StoreHearers, "onStored"> {
  readonly storage: RowStorage;
  readonly slots?: Slots;
  readonly maxEventBytes: number;
  readonly onFull: () => void;
}

/** The part of `maxBytes` that events may fill; the rest is for what becomes of them, without which none would ever leave. */
const SHARE_OF_EVENTS = 0.85;
/** How long what makes room waits for the disk before it is tried again, in ms. */
const FULL_DISK_PAUSE_MS = 1000;
/** Batches are written one after the other, and reads come in between. */
const MAX_REQUESTS = 10_000;

/**
 * `listeners.db`: listeners, the events that they want, one row for each delivery, and its attempts.
 *
 * Everything that is asked in one turn of the event loop, or while the disk is busy, is one transaction. Requests take effect in their
 * order.
 */
export class ListenerStore {
  readonly numbers: GrowingNumbers;
  /** Whether other processes change it, too. */
  readonly isShared: boolean;
  readonly #storage: RowStorage;
  readonly #tail: string;
  readonly #commits: GroupCommit<StoreRequest>;
  readonly #maxEventBytes: number;
  readonly #onFull: () => void;
  readonly #onStored: StoreHearers["onStored"];
  #isClosing = false;
  #isFull = false;

  /** @throws what `Storage.open` throws */
  static async open({ folder, maxBytes, onFailure, onFull, onStored }: ListenerStoreOptions): Promise<ListenerStore> {
    const path = join(folder, STORE_FILE);
    // It has the secrets of listeners. Opening the store says what is wrong with the folder, and better.
    await makePrivate(path).catch(() => undefined);
    const storage = await Storage.open({
      path,
      applicationId: tables.APPLICATION_ID,
      migrations: tables.MIGRATIONS,
      maxRequests: MAX_REQUESTS,
      onFailure,
      ...(maxBytes === undefined ? {} : { maxBytes }),
    });
    const maxEventBytes = (maxBytes ?? Infinity) * SHARE_OF_EVENTS;
    return ListenerStore.#of({ storage, maxEventBytes, onFull: onFull ?? (() => undefined), ...hearing(onStored) });
  }

  /** @throws what `openDatabase` throws */
  static async openShared({ url, slots, onFailure, onStored }: SharedStoreOptions): Promise<ListenerStore> {
    const storage = await openSharedRows(url, onFailure);
    return ListenerStore.#of({
      storage,
      slots,
      maxEventBytes: Infinity,
      onFull: () => undefined,
      ...hearing(onStored),
    });
  }

  static async #of(parts: StoreParts): Promise<ListenerStore> {
    const { storage } = parts;
    try {
      const [last = {}] = await storage.read(tables.LAST_NUMBERS);
      const highest = Math.max(...Object.values(last).map(Number));
      return new ListenerStore(parts, await tailOf(storage), highest);
    } catch (error) {
      await storage.close();
      throw error;
    }
  }

  private constructor({ storage, slots, maxEventBytes, onFull, onStored }: StoreParts, tail: string, highest: number) {
    this.#storage = storage;
    this.#onStored = onStored;
    this.#tail = tail;
    this.#maxEventBytes = maxEventBytes;
    this.#onFull = onFull;
    this.isShared = slots !== undefined;
    this.numbers = new GrowingNumbers(highest, slots);
    this.#commits = new GroupCommit({
      write: (batch) => this.#write(batch),
      sizeOf: (request) => (request.kind === "arrival" ? request.arrival.event.bytes.length : 0),
    });
  }

  /** What a durable subscription for it is called, so that no other daemon of the bus has one of this name by accident. */
  get subscription(): string {
    return `xqbus.listeners.${this.#tail}`;
  }

  /** Whether the latest event found no room. */
  get isFull(): boolean {
    return this.#isFull;
  }

  /** The part of what events may fill that is taken; more than 1 when there is no room for any. 0 without `maxBytes`. */
  async fill(): Promise<number> {
    if (this.#maxEventBytes === Infinity) return 0;
    const [row] = await this.read(tables.USED_BYTES);
    return Number(row?.["bytes"]) / this.#maxEventBytes;
  }

  /** The id of a delivery, as the outside has it. */
  deliveryId(number: number): string {
    return objectId(number, this.#tail);
  }

  /** The number behind such an id; undefined for what is none. */
  deliveryNumber(id: string): number | undefined {
    return numberIn(id, this.#tail);
  }

  /** All listeners in the order in which they were made, and the numbers of those whose rows are still to go. */
  async listeners(): Promise<{ readonly stored: readonly StoredListener[]; readonly deleted: readonly number[] }> {
    const rows = (await this.read(tables.LISTENERS)).map(listenerOf);
    return {
      stored: rows.filter(({ isDeleted }) => !isDeleted),
      deleted: rows.filter(({ isDeleted }) => isDeleted).map(({ number }) => number),
    };
  }

  /**
   * Stores an event and its deliveries; what is there already is left as it is.
   *
   * @returns the deliveries that are new, and the number that the event has
   * @throws XqbusError `xqbus:store-full`, `xqbus:store-failed`
   */
  arrive(arrival: Arrival): Promise<{ readonly fresh: readonly NewDelivery[]; readonly event: number }> {
    return new Promise((resolve, reject) => {
      this.#commits.ask({
        kind: "arrival",
        arrival,
        done: (error, fresh, event) => (error === undefined ? resolve({ fresh, event }) : reject(error)),
      });
    });
  }

  /** Resolves when it is on disk; waits for room there if need be. */
  settle(outcome: DeliveryOutcome): Promise<void> {
    return this.#ask((done) => ({ kind: "outcome", outcome, done }));
  }

  /** @throws XqbusError `xqbus:store-full`, `xqbus:store-failed`: then nothing has changed */
  change(...writes: readonly SqlWrite[]): Promise<void> {
    return this.#ask((done) => ({ kind: "change", writes, done }));
  }

  read(sql: string, parameters: readonly SqlValue[] = []): Promise<readonly SqlRow[]> {
    return this.#storage.read(sql, parameters);
  }

  /** What all processes have counted, by number of the listener. */
  async counts(): Promise<ReadonlyMap<number, KeptCounts>> {
    const rows = await this.read(tables.COUNTS);
    return new Map(rows.map((row) => [Number(row["listener"]), countsOf(row)]));
  }

  /**
   * Adds to what was counted, in a transaction of its own: events must not wait for rows that other processes add to, too.
   *
   * @param added by number of the listener
   */
  async addCounts(added: ReadonlyMap<number, KeptCounts>): Promise<void> {
    const inOrder = [...added].sort(([one], [other]) => one - other);
    await this.#storage.write([
      { sql: tables.COUNT_ADD, rows: inOrder.map(([listener, counts]) => countRowOf(listener, counts)) },
    ]);
  }

  /** The deliveries of a listener that wait, in the order in which they are due; also those that are not due yet. */
  async due(listener: number, limit: number): Promise<readonly WaitingRow[]> {
    return (await this.read(tables.DUE, [listener, limit])).map(waitingOf);
  }

  /** Events with their bodies, by number. */
  async events(numbers: readonly number[]): Promise<ReadonlyMap<number, EventRow>> {
    const rows = await this.read(tables.EVENTS, [JSON.stringify(numbers)]);
    return new Map(rows.map((row) => [Number(row["number"]), eventOf(row)]));
  }

  /** Writes what was asked, and lets the file go. */
  async close(): Promise<void> {
    this.#isClosing = true;
    await this.#commits.idle();
    await this.#storage.close();
  }

  #ask(request: (done: (error: XqbusError | undefined) => void) => StoreRequest): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#commits.ask(request((error) => (error === undefined ? resolve() : reject(error))));
    });
  }

  async #write(asked: readonly StoreRequest[]): Promise<void> {
    let batch: StoreBatch;
    let requests = asked;
    try {
      // Asked at once: each answer waits for the thread.
      const known = this.#knownOf(asked);
      known.catch(() => undefined);
      requests = await this.#refuseForRoom(asked);
      batch = new StoreBatch(requests, await known);
      const { writes } = batch;
      if (writes.length > 0) await this.#storage.write(writes);
    } catch (error) {
      // A file that fails does so for all of them.
      if (this.isShared && isRefused(error) && requests.length > 1) return this.#writeApart(requests);
      return this.#notWritten(requests, error as XqbusError);
    }
    batch.done();
    if (batch.listeners.size > 0) this.#onStored?.(batch.listeners);
  }

  /** Refuses events that would take the room of the outcomes. @returns the other requests */
  async #refuseForRoom(requests: readonly StoreRequest[]): Promise<readonly StoreRequest[]> {
    const arrivals = requests.filter((request) => request.kind === "arrival");
    if (arrivals.length === 0) return requests;
    const bytes = arrivals.reduce((sum, { arrival }) => sum + arrival.event.bytes.length, 0);
    this.#isFull = (await this.fill()) + bytes / this.#maxEventBytes > 1;
    if (!this.#isFull) return requests;
    this.#onFull();
    const most = Math.floor(this.#maxEventBytes);
    const error = new XqbusError(
      "xqbus:store-full",
      `listeners.db has no room for more events, which may fill ${most} bytes; they wait on the bus: raise max_bytes, or keep records shorter`,
    );
    for (const { done } of arrivals) done(error, [], 0);
    return requests.filter(({ kind }) => kind !== "arrival");
  }

  async #knownOf(requests: readonly StoreRequest[]): Promise<KnownEvents> {
    const known: KnownEvents = new Map();
    const ids = requests.flatMap((request) => (request.kind === "arrival" ? [request.arrival.event.id] : []));
    if (ids.length === 0) return known;
    for (const row of await this.read(tables.KNOWN_EVENTS, [JSON.stringify(ids)])) {
      const key = eventKey(String(row["id"]), Number(row["checksum"]));
      const event = known.get(key) ?? { number: Number(row["number"]), listeners: new Set<number>() };
      if (row["listener"] !== null) event.listeners.add(Number(row["listener"]));
      known.set(key, event);
    }
    return known;
  }

  /** What the database does not take must not keep out what was asked at the same time. */
  async #writeApart(requests: readonly StoreRequest[]): Promise<void> {
    const half = Math.ceil(requests.length / 2);
    await this.#write(requests.slice(0, half));
    await this.#write(requests.slice(half));
  }

  /** Without room on the disk what is new is refused; outcomes wait, because they are true and somebody would be told twice. */
  async #notWritten(requests: readonly StoreRequest[], error: XqbusError): Promise<void> {
    const waits = error.code === "xqbus:store-full" && !this.#isClosing;
    const again = waits ? requests.filter(({ kind }) => kind === "outcome") : [];
    for (const request of requests) {
      if (again.includes(request)) continue;
      if (request.kind === "arrival") request.done(error, [], 0);
      else request.done(error);
    }
    if (again.length === 0) return;
    this.#commits.askAgain(again);
    if (again.length === requests.length) await new Promise((resolve) => setTimeout(resolve, FULL_DISK_PAUSE_MS));
  }
}

/** What finds out that a body is not as it was written, and that two events of one id are not the same. */
export function checksumOf(bytes: Uint8Array): number {
  return crc32(bytes);
}

function hearing(onStored: StoreHearers["onStored"]): Pick<StoreHearers, "onStored"> {
  return onStored === undefined ? {} : { onStored };
}

async function tailOf(storage: RowStorage): Promise<string> {
  const [row] = await storage.read(tables.TAIL);
  if (row !== undefined) return String(row["tail"]);
  const tail = randomTail();
  await storage.write([{ sql: tables.TAIL_INSERT, rows: [[tail]] }]);
  return tail;
}
