import type { DeliveryQuery, DeliveryRecord } from "./delivery-record.ts";
import type { KeptCounts, Listener, ListenerInput } from "./listener.ts";

/** What a test of a listener gave: one attempt, nothing is stored. */
export interface ListenerTest {
  readonly eventType: string;
  readonly outcome: "delivered" | "failed";
  readonly status: number | undefined;
  readonly excerpt: string | undefined;
  readonly error: string | undefined;
  readonly elapsedMs: number;
}

/** The timeline of one event. */
export interface EventTrace {
  readonly eventId: string;
  readonly eventType: string;
  readonly subject: string;
  readonly acceptedAt: number;
  readonly traceparent: string | undefined;
  readonly bytes: number;
  /** One for each listener that it matched. */
  readonly deliveries: readonly DeliveryRecord[];
}

/** On whose behalf a listener is made or changed. */
export interface ListenerChangeOptions {
  /** Throws when they may not have such event types; is asked while no other change is made, about those before and after. */
  readonly assertTypes?: ((eventTypes: readonly string[]) => void) | undefined;
}

/**
 * The listeners of a daemon: kept on disk, changed while it runs. Everything here is a request of a user; what a user gets wrong is an
 * XqbusError with `xqbus:illegal-argument`, FilterError, or `xqbus:unknown-name` for ids, and nothing is changed then.
 */
export interface Listeners {
  list(): readonly Listener[];
  get(id: string): Listener;
  /** What this process alone has counted since it started, for those who add up processes. */
  countsHere(id: string): KeptCounts;
  create(input: ListenerInput, options?: ListenerChangeOptions): Promise<Listener>;
  /** What is given changes; `config` is merged field by field, `***` leaves a secret as it is. */
  update(id: string, change: Partial<ListenerInput>, options?: ListenerChangeOptions): Promise<Listener>;
  /** Deletes it with what waits. @returns how many deliveries waited */
  delete(id: string, options?: { readonly dryRun?: boolean }): Promise<{ readonly waiting: number }>;
  pause(id: string): Promise<Listener>;
  /** Also closes the breaker, and enables one that has disabled itself. */
  resume(id: string): Promise<Listener>;
  /** Sends a sample of an event that it wants. */
  test(id: string, options?: { readonly eventType?: string; readonly signal?: AbortSignal }): Promise<ListenerTest>;
  deliveries(query: DeliveryQuery): Promise<readonly DeliveryRecord[]>;
  delivery(id: string): Promise<DeliveryRecord>;
  /** The event of a delivery as it was sent. */
  eventOf(deliveryId: string): Promise<Uint8Array>;
  /** Delivers again what was delivered or is a dead letter, validated again before. */
  retry(deliveryId: string): Promise<DeliveryRecord>;
  /** Marks dead letters as deleted; their bodies go. @returns how many were */
  deleteDeadLetters(deliveryIds: readonly string[]): Promise<number>;
  /** Undefined: no listener was told of such an event, or that is longer ago than the record is kept. */
  trace(eventId: string): Promise<EventTrace | undefined>;
}
