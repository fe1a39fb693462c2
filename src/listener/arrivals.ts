import type { EventDelivery } from "../amqp/index.ts";
import { bytesOf, type Event } from "../event/index.ts";
import { isTraceparent } from "../telemetry/index.ts";
import type { CheckedListenersOptions } from "./listeners-options.ts";
import type { Matcher } from "./matcher.ts";
import type { DeliveredEvent } from "./row-delivery.ts";
import type { Runner } from "./runner.ts";
import { traceArrival } from "./trace-deliveries.ts";
import { checksumOf, type ListenerStore, type NewDelivery } from "./store/index.ts";

/** What brings events to the listeners that want them. */
export interface ArrivalsOptions {
  readonly options: CheckedListenersOptions;
  readonly store: ListenerStore;
  readonly matcher: Matcher;
  /** By id. */
  readonly runners: ReadonlyMap<string, Runner>;
}

const TOO_MANY = "listener-full";

/** Events on their way from the bus to the rows of those that want them. */
export class Arrivals {
  readonly #given: ArrivalsOptions;

  constructor(given: ArrivalsOptions) {
    this.#given = given;
  }

  /**
   * Matches an event and stores it for all that want it; resolves when that is on disk.
   *
   * @throws XqbusError `xqbus:store-full`, `xqbus:store-failed`, and those of databases: the event is still the bus's
   */
  async take(event: Event, delivery: EventDelivery): Promise<void> {
    const { options, store, matcher } = this.#given;
    const { clock, onArrival } = options;
    const { messageId, subject = "", creationTime, applicationProperties } = delivery.properties;
    const acceptedAt = clock.now();
    const ids = matcher.match(event, subject, () => delivery.message);
    if (ids.length === 0) return;
    const matchedAt = clock.now();
    const { traceparent: given } = applicationProperties;
    const traceparent = isTraceparent(given) ? given : undefined;
    const number = store.numbers.next(acceptedAt);
    const bytes = bytesOf(event);
    const facts = {
      // Events without an id of their own have no repetitions that could be recognised.
      id: messageId?.replaceAll("\0", "\uFFFD") ?? store.deliveryId(number),
      type: matcher.types.wordOf(event),
      subject,
      time: creationTime?.getTime() ?? acceptedAt,
      acceptedAt,
      traceparent,
    };
    const deliveries = this.#deliveriesOf(ids, matchedAt);
    const row = { ...facts, number, bytes, checksum: checksumOf(bytes) };
    const stored = store.arrive({ event: row, deliveries: [...deliveries.keys()] });
    const { fresh } = await stored.catch((error: unknown) => {
      for (const [added, id] of deliveries) this.#notAdded(added, id);
      throw error;
    });
    const isFresh = new Set(fresh);
    const listeners: string[] = [];
    for (const [added, id] of deliveries) {
      if (isFresh.has(added)) {
        listeners.push(id);
        this.#added(added, id, { ...facts, event }, bytes.length);
      } else this.#notAdded(added, id);
    }
    const times = { acceptedAt, matchedAt, storedAt: clock.now() };
    const report = { eventId: facts.id, eventType: facts.type, traceparent, ...times, listeners };
    traceArrival(report);
    onArrival?.(report);
  }

  /** A row for each listener, with its id. */
  #deliveriesOf(ids: readonly string[], matchedAt: number): ReadonlyMap<NewDelivery, string> {
    const { store, runners } = this.#given;
    const deliveries = new Map<NewDelivery, string>();
    for (const id of ids) {
      const runner = runners.get(id);
      if (runner === undefined) continue;
      const { number: listener, definition } = runner.stored;
      const { maxWaiting } = definition;
      const isFull = runner.waiting >= maxWaiting;
      const error = `${maxWaiting} deliveries wait already (maxWaiting)`;
      const refusal = isFull ? { reason: TOO_MANY, error } : undefined;
      if (!isFull) runner.expect();
      deliveries.set({ number: store.numbers.next(matchedAt), listener, matchedAt, refusal }, id);
    }
    return deliveries;
  }

  #added({ number, matchedAt, refusal }: NewDelivery, id: string, notified: DeliveredEvent, size: number): void {
    const runner = this.#given.runners.get(id);
    if (refusal === undefined) {
      runner?.take({ number, nextAt: matchedAt, firstAt: undefined, failures: 0, attempts: 0 }, notified, size);
    } else runner?.refused();
  }

  #notAdded({ refusal }: NewDelivery, id: string): void {
    if (refusal === undefined) this.#given.runners.get(id)?.unexpect();
  }
}
