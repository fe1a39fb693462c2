import type { SqlWrite } from "../../storage/index.ts";
import type { ListenerStore } from "./listener-store.ts";
import * as tables from "./tables.ts";

/** What is old: numbers, below which the record of what is done goes, bodies that nobody needs, and dead letters. */
export interface Horizon {
  readonly deliveries: number;
  readonly bodies: number;
  readonly deadLetters: number;
}

/** What went. */
export interface ForgottenCounts {
  readonly deliveries: number;
  readonly bodies: number;
  readonly deadLetters: number;
}

/** Rows in one transaction, so that deliveries go on in between. */
const STEP = 500;

interface Rows {
  /** Numbers of deliveries. */
  readonly deliveries: readonly number[];
  /** Numbers of their events. */
  readonly events: readonly number[];
}

/**
 * Deletes what is too old, step by step. What waits always stays.
 *
 * @param goesOn is asked before each step
 */
export async function forgetOld(
  store: ListenerStore,
  horizon: Horizon,
  goesOn: () => boolean,
): Promise<ForgottenCounts> {
  const counts = { deliveries: 0, bodies: 0, deadLetters: 0 };
  const youngest = Math.max(horizon.deliveries, horizon.deadLetters);
  let after = 0;
  while (goesOn()) {
    const rows = await store.read(tables.OLD_DELIVERIES, [after, youngest, STEP]);
    if (rows.length === 0) break;
    after = Number(rows.at(-1)?.["number"]);
    const dead = rows.filter((row) => row["state"] === tables.DEAD && Number(row["number"]) < horizon.deadLetters);
    const done = rows.filter((row) => isDone(row["state"]) && Number(row["number"]) < horizon.deliveries);
    counts.deadLetters += dead.length;
    counts.deliveries += done.length;
    const gone = [...done, ...dead];
    if (gone.length === 0) continue;
    await forget(store, {
      deliveries: gone.map((row) => Number(row["number"])),
      events: gone.map((row) => Number(row["event"])),
    });
  }
  counts.bodies = await dropBodies(store, horizon.bodies, goesOn);
  if (goesOn()) await store.change({ sql: tables.COUNT_FORGET, rows: [[]] });
  return counts;
}

/**
 * Deletes what is done, the oldest first, until events fill no more than a part of what they may. What waits and dead letters stay.
 *
 * @param share of 1
 * @returns deliveries that are gone
 */
export async function makeRoom(store: ListenerStore, share: number, goesOn: () => boolean): Promise<number> {
  let count = 0;
  let after = 0;
  while (goesOn() && (await store.fill()) > share) {
    const rows = await store.read(tables.OLDEST_DONE, [after, STEP]);
    if (rows.length === 0) break;
    after = Number(rows.at(-1)?.["number"]);
    count += rows.length;
    await forget(store, {
      deliveries: rows.map((row) => Number(row["number"])),
      events: rows.map((row) => Number(row["event"])),
    });
  }
  return count;
}

/** Deletes all rows of a listener that is not there any more, and then the listener's own. */
export async function forgetListener(store: ListenerStore, listener: number, goesOn: () => boolean): Promise<void> {
  while (goesOn()) {
    const rows = await store.read(tables.DELIVERIES_OF_LISTENER, [listener, STEP]);
    if (rows.length === 0) {
      return store.change(
        { sql: tables.LISTENER_DELETE, rows: [[listener]] },
        { sql: tables.COUNT_FORGET, rows: [[]] },
      );
    }
    await forget(
      store,
      { deliveries: rows.map((row) => Number(row["number"])), events: rows.map((row) => Number(row["event"])) },
      tables.FORGET_DELIVERY,
    );
  }
}

async function dropBodies(store: ListenerStore, before: number, goesOn: () => boolean): Promise<number> {
  let after = 0;
  let dropped = 0;
  while (goesOn()) {
    const rows = await store.read(tables.OLD_BODIES, [after, before, STEP]);
    if (rows.length === 0) break;
    after = Number(rows.at(-1)?.["number"]);
    dropped += rows.length;
    const events = rows.map((row) => [Number(row["number"])]);
    await store.change(...holding(store, events), { sql: tables.DROP_BODY, rows: events });
  }
  return dropped;
}

function isDone(state: unknown): boolean {
  return state === tables.DELIVERED || state === tables.DELETED;
}

/** @param how what becomes of deliveries that wait; default: they stay */
function forget(store: ListenerStore, { deliveries, events }: Rows, how: string = tables.FORGET_DONE): Promise<void> {
  const rows = deliveries.map((number) => [number]);
  const eventRows = [...new Set(events)].sort((one, other) => one - other).map((number) => [number]);
  return store.change({ sql: how, rows }, { sql: tables.FORGET_ATTEMPTS, rows }, ...holding(store, eventRows), {
    sql: tables.FORGET_EVENT,
    rows: eventRows,
  });
}

/** A file has one writer. */
function holding({ isShared }: ListenerStore, rows: readonly (readonly number[])[]): readonly SqlWrite[] {
  return isShared ? [{ sql: tables.HOLD_EVENT, rows }] : [];
}
