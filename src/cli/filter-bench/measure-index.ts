import { FilterError, FilterIndex, type Indexing } from "../../filter/index.ts";
import { parseXml } from "../../xml/index.ts";
import { filterRefused } from "./own-workload.ts";
import { usedMemory } from "./used-memory.ts";
import { median, userTime } from "./user-time.ts";
import type { Workload } from "./workload.ts";

/** What a workload costs; all times are user CPU time in microseconds. */
export interface IndexMeasurement {
  readonly subscriptions: number;
  readonly shape: string;
  /** Parsing an event and finding the subscriptions that it matches. */
  readonly microsPerEvent: number;
  /** What the index keeps of each, beyond its text and its id. */
  readonly bytesPerSubscription: number;
  /** Adding all of them. */
  readonly registrationMicros: number;
  /** Subscriptions that an event matches, in the mean. */
  readonly matches: number;
}

/** An index with the subscriptions of a workload, to be measured beside others. */
export interface PreparedIndex {
  readonly shape: string;
  readonly index: FilterIndex;
  readonly events: Workload["events"];
  readonly costs: Omit<IndexMeasurement, "microsPerEvent" | "shape">;
  /** How many subscriptions are found in which way. */
  readonly access: ReadonlyMap<Indexing["access"], number>;
}

/**
 * Registers the subscriptions of a workload.
 *
 * @throws XqbusError a filter is wrong, or an event not well-formed
 */
export function prepareIndex(shape: string, { filters, events }: Workload): PreparedIndex {
  warmUp({ filters: filters.slice(0, WARM_UP_FILTERS), events });
  const before = usedMemory();
  const index = new FilterIndex();
  const registrationMicros = userTime(() => {
    for (const { id, xquery } of filters) register(index, id, xquery);
  });
  const matches = events.reduce((sum, bytes) => sum + index.match(parseXml(bytes)).length, 0) / events.length;
  const bytesPerSubscription = Math.max(0, usedMemory() - before) / filters.length;
  const access = new Map<Indexing["access"], number>();
  for (const { id } of filters) {
    const kind = index.indexing(id)!.access;
    access.set(kind, (access.get(kind) ?? 0) + 1);
  }
  return {
    shape,
    index,
    events,
    access,
    costs: { subscriptions: filters.length, bytesPerSubscription, registrationMicros, matches },
  };
}

/** Filters of a first index that is thrown away: what the program itself needs when it runs first is no cost of a subscription. */
const WARM_UP_FILTERS = 1000;

function warmUp({ filters, events }: Workload): void {
  const index = new FilterIndex();
  for (const { id, xquery } of filters) register(index, id, xquery);
  for (const bytes of events) index.match(parseXml(bytes));
}

function register(index: FilterIndex, id: string, xquery: string): void {
  try {
    index.add(id, xquery);
  } catch (error) {
    throw error instanceof FilterError ? filterRefused(id, error) : error;
  }
}

/** User CPU time of one turn of one index, about, in microseconds; the clock has steps of up to 10 ms. */
const TURN_MICROS = 150_000;
/** Until the compiler has done its work. */
const WARM_UP_MICROS = 400_000;

/** Measures the indexes in turns, so that a slow moment of the machine hits all of them; the median of the rounds counts. */
export function measureIndexes(prepared: readonly PreparedIndex[], rounds: number): readonly IndexMeasurement[] {
  const turns = prepared.map((each) => ({ each, size: sizeOfTurn(each), costs: [] as number[] }));
  for (let round = 0; round < rounds; round++) {
    for (let place = 0; place < turns.length; place++) {
      const turn = turns[(round + place) % turns.length]!;
      turn.costs.push(timeOf(turn.each, turn.size) / turn.size);
    }
  }
  return turns.map(({ each: { shape, costs: own }, costs }) => ({
    subscriptions: own.subscriptions,
    shape,
    microsPerEvent: rounded(median(costs)),
    bytesPerSubscription: Math.round(own.bytesPerSubscription),
    registrationMicros: own.registrationMicros,
    matches: rounded(own.matches),
  }));
}

function sizeOfTurn(prepared: PreparedIndex): number {
  let size = 64;
  for (let spent = 0; ;) {
    const time = timeOf(prepared, size);
    spent += time;
    if (spent >= WARM_UP_MICROS && time > 0) return Math.max(1, Math.round((size * TURN_MICROS) / time));
    if (time < TURN_MICROS) size *= 2;
  }
}

function timeOf({ index, events }: PreparedIndex, operations: number): number {
  return userTime(() => {
    for (let i = 0; i < operations; i++) index.match(parseXml(events[i % events.length]!));
  });
}

function rounded(number: number): number {
  return Number(number.toPrecision(4));
}
