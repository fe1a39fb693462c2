import type { XqbusError } from "../../errors.ts";
import type { SqlValue, SqlWrite } from "../../storage/index.ts";
import type { AttemptRow } from "../delivery-record.ts";
import type { EventRow } from "./rows.ts";
import * as tables from "./tables.ts";

/** Attempts of one delivery that are kept; of those that are tried for ever the oldest go. */
const MAX_ATTEMPTS_KEPT = 100;

/** A delivery that is to be stored: it waits, or is a dead letter from the beginning. */
export interface NewDelivery {
  readonly number: number;
  /** Number of its listener. */
  readonly listener: number;
  readonly matchedAt: number;
  /** Why it is a dead letter already. */
  readonly refusal: { readonly reason: string; readonly error: string } | undefined;
}

/** An event for those that want it. */
export interface Arrival {
  readonly event: EventRow & { readonly bytes: Uint8Array };
  readonly deliveries: readonly NewDelivery[];
}

/** What became of a delivery. */
export interface DeliveryOutcome {
  readonly number: number;
  /** The attempt that ended with it; undefined when none was made. */
  readonly attempt: AttemptRow | undefined;
  readonly state: number;
  readonly nextAt: number;
  readonly firstAt: number | undefined;
  readonly failures: number;
  readonly attempts: number;
  readonly reason: string | undefined;
  readonly error: string | undefined;
}

/** One change of the store. */
export type StoreRequest =
  | {
      readonly kind: "arrival";
      readonly arrival: Arrival;
      /** Hears which deliveries are new, with the number that the event has. */
      readonly done: (error: XqbusError | undefined, fresh: readonly NewDelivery[], event: number) => void;
    }
  | { readonly kind: "outcome"; readonly outcome: DeliveryOutcome; readonly done: Done }
  | { readonly kind: "change"; readonly writes: readonly SqlWrite[]; readonly done: Done };

export type Done = (error: XqbusError | undefined) => void;

/** What is in the store of the events of a batch: by id and checksum, the number and the listeners that have a delivery. */
export type KnownEvents = Map<string, { readonly number: number; readonly listeners: Set<number> }>;

export function eventKey(id: string, checksum: number): string {
  return `${checksum} ${id}`;
}

/** The rows of a batch: events and deliveries, then outcomes, then changes in the order in which they were asked. */
export class StoreBatch {
  readonly #known: KnownEvents;
  readonly #events: SqlValue[][] = [];
  /** By number: a statement changes a row once. */
  readonly #eventsAgain: Map<number, SqlValue[]> = new Map();
  readonly #deliveries: SqlValue[][] = [];
  readonly #attempts: SqlValue[][] = [];
  readonly #oldAttempts: SqlValue[][] = [];
  readonly #outcomes: SqlValue[][] = [];
  readonly #changes: SqlWrite[] = [];
  readonly #tell: Done[] = [];
  /** Numbers of the listeners that have new deliveries. */
  readonly listeners: Set<number> = new Set();

  /** @param known is added to */
  constructor(requests: readonly StoreRequest[], known: KnownEvents) {
    this.#known = known;
    for (const request of requests) this.#add(request);
  }

  get writes(): readonly SqlWrite[] {
    return [
      { sql: tables.EVENT_INSERT, rows: this.#events },
      { sql: tables.EVENT_AGAIN, rows: [...this.#eventsAgain.values()] },
      { sql: tables.DELIVERY_INSERT, rows: this.#deliveries },
      { sql: tables.ATTEMPT_INSERT, rows: this.#attempts },
      { sql: tables.ATTEMPT_DELETE, rows: this.#oldAttempts },
      { sql: tables.OUTCOME, rows: this.#outcomes },
      ...this.#changes,
    ].filter(({ rows }) => rows.length > 0);
  }

  /** It is on disk: tells everybody who asked. */
  done(): void {
    for (const tell of this.#tell) tell(undefined);
  }

  #add(request: StoreRequest): void {
    switch (request.kind) {
      case "arrival":
        return this.#addArrival(request);
      case "outcome":
        this.#addOutcome(request.outcome);
        break;
      case "change":
        this.#changes.push(...request.writes);
    }
    this.#tell.push(request.done);
  }

  #addArrival({ arrival, done }: Extract<StoreRequest, { readonly kind: "arrival" }>): void {
    const { event, deliveries } = arrival;
    const key = eventKey(event.id, event.checksum);
    const before = this.#known.get(key);
    const known = before ?? { number: event.number, listeners: new Set<number>() };
    const fresh = deliveries.filter(({ listener }) => !known.listeners.has(listener));
    this.#tell.push((error) => done(error, fresh, known.number));
    if (fresh.length === 0) return;
    if (before === undefined) {
      this.#known.set(key, known);
      this.#events.push(eventRow(event));
    } else this.#eventsAgain.set(known.number, eventRow({ ...event, number: known.number }));
    for (const delivery of fresh) {
      known.listeners.add(delivery.listener);
      this.listeners.add(delivery.listener);
      this.#deliveries.push(deliveryRow(delivery, known.number));
    }
  }

  #addOutcome(outcome: DeliveryOutcome): void {
    const { number, attempt, state, nextAt, firstAt, failures, attempts, reason, error } = outcome;
    if (attempt !== undefined) {
      this.#attempts.push(attemptRow(number, attempt));
      if (attempt.number > MAX_ATTEMPTS_KEPT) this.#oldAttempts.push([number, attempt.number - MAX_ATTEMPTS_KEPT]);
    }
    this.#outcomes.push([state, nextAt, firstAt ?? null, failures, attempts, reason ?? null, error ?? null, number]);
  }
}

function eventRow(event: Arrival["event"]): SqlValue[] {
  const { number, id, checksum, bytes, type, subject, time, acceptedAt, traceparent } = event;
  return [number, id, checksum, bytes.length, type, subject, time, acceptedAt, traceparent ?? null, bytes];
}

function deliveryRow({ number, listener, matchedAt, refusal }: NewDelivery, event: number): SqlValue[] {
  const state = refusal === undefined ? tables.WAITING : tables.DEAD;
  return [
    ...[number, listener, event, state, matchedAt, matchedAt, null, 0, 0, 0],
    ...[refusal?.reason ?? null, refusal?.error ?? null],
  ];
}

function attemptRow(delivery: number, attempt: AttemptRow): SqlValue[] {
  const { number, startedAt, endedAt, outcome, status, excerpt, code, message } = attempt;
  return [
    ...[delivery, number, startedAt, endedAt, outcome],
    ...[status ?? null, excerpt ?? null, code ?? null, message ?? null],
  ];
}
