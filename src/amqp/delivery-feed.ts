import type { XqbusError } from "../errors.ts";
import type { Event } from "../event/index.ts";
import type { Filter } from "../filter/index.ts";
import type { ConsumerCounts } from "./consumer-counts.ts";
import type { EventDelivery } from "./event-delivery.ts";
import { deliveryCountOf } from "./message.ts";
import { inspectDelivery, type Inspection, type InspectionOptions } from "./inspect-delivery.ts";
import type { IncomingDelivery } from "./receiver-link.ts";

/** A matching event that still wants its outcome. */
export interface MatchedDelivery {
  readonly incoming: IncomingDelivery;
  readonly delivery: EventDelivery;
}

/** What a feed is told of its consumer. */
export interface FeedOptions extends InspectionOptions {
  readonly maxDeliveries: number;
  readonly handlers?: Readonly<Record<string, unknown>>;
  readonly unhandled: "drop" | "dead-letter";
}

/** Types without a handler that are counted one by one; the names come from foreign senders. */
const MAX_UNHANDLED_TYPES = 1_000;

/**
 * The messages that wait for their turn. One is parsed and filtered only when its turn comes; those that do not match are
 * settled on the way to the next one that does.
 */
export class DeliveryFeed {
  readonly counts: { -readonly [K in keyof ConsumerCounts]: number } = {
    received: 0,
    matched: 0,
    filteredOut: 0,
    invalid: 0,
    filterErrors: 0,
    unhandled: 0,
    failed: 0,
  };
  /** How many events without a handler there were, by type. */
  readonly unhandledTypes: Map<string, number> = new Map();
  readonly #filter: Filter;
  readonly #options: FeedOptions;
  readonly #report: (error: XqbusError, event?: Event) => void;
  readonly #wake: () => void;
  /** A large event that the catalog's worker validates. What came after it waits, so that the order stays. */
  #inspected: IncomingDelivery | undefined;
  /** The large event when it has turned out to match. */
  #ready: MatchedDelivery | undefined;
  #waiting: IncomingDelivery[] = [];
  #next = 0;

  /** @param wake is called when {@link nextMatch} may have something again that it had not before, without a new message */
  constructor(
    filter: Filter,
    options: FeedOptions,
    report: (error: XqbusError, event?: Event) => void,
    wake: () => void,
  ) {
    this.#filter = filter;
    this.#options = options;
    this.#report = report;
    this.#wake = wake;
  }

  push(incoming: IncomingDelivery): void {
    this.counts.received++;
    this.#waiting.push(incoming);
  }

  /** The next event that matches, or undefined when none waits, or a large one is still being validated. */
  nextMatch(): MatchedDelivery | undefined {
    if (this.#inspected !== undefined) return undefined;
    const ready = this.#ready;
    this.#ready = undefined;
    if (ready !== undefined) return ready;
    for (let incoming = this.#shift(); incoming !== undefined; incoming = this.#shift()) {
      const inspection = inspectDelivery(incoming, this.#filter, this.#options);
      if (inspection instanceof Promise) {
        this.#awaitLarge(incoming, inspection);
        return undefined;
      }
      const delivery = this.#settle(incoming, inspection);
      if (delivery !== undefined) return { incoming, delivery };
    }
    return undefined;
  }

  /** Takes away everything that waits. */
  drain(): readonly IncomingDelivery[] {
    const large = [this.#inspected, this.#ready?.incoming].filter((each) => each !== undefined);
    this.#inspected = undefined;
    this.#ready = undefined;
    return [...large, ...this.#takeWaiting()];
  }

  #takeWaiting(): readonly IncomingDelivery[] {
    const waiting = this.#waiting.slice(this.#next);
    this.#waiting = [];
    this.#next = 0;
    return waiting;
  }

  #shift(): IncomingDelivery | undefined {
    const incoming = this.#waiting[this.#next++];
    if (this.#next >= this.#waiting.length) this.#takeWaiting();
    return incoming;
  }

  #awaitLarge(incoming: IncomingDelivery, inspection: Promise<Inspection>): void {
    this.#inspected = incoming;
    void inspection.then((result) => {
      // Somebody has drained the feed and given the message back.
      if (this.#inspected !== incoming) return;
      this.#inspected = undefined;
      const delivery = this.#settle(incoming, result);
      if (delivery !== undefined) this.#ready = { incoming, delivery };
      this.#wake();
    });
  }

  #settle(incoming: IncomingDelivery, inspection: Inspection): EventDelivery | undefined {
    switch (inspection.kind) {
      case "match":
        this.counts.matched++;
        return this.#handled(incoming, inspection.delivery);
      case "no-match":
        this.counts.filteredOut++;
        incoming.accept();
        return undefined;
      case "invalid":
        this.counts.invalid++;
        // Broker-J delivers a rejected message again, on a topic without end; accepting it ends that.
        if (deliveryCountOf(incoming.message) >= this.#options.maxDeliveries) incoming.accept();
        else incoming.reject(inspection.error.code, inspection.error.message);
        this.#report(inspection.error);
        return undefined;
      case "filter-error":
        incoming.accept();
        // A filter that fails on one event fails on many; the first says why, the count how often.
        if (this.counts.filterErrors++ === 0) this.#report(inspection.error, inspection.event);
        return undefined;
      case "aborted":
        incoming.accept();
        return undefined;
    }
  }

  #handled(incoming: IncomingDelivery, delivery: EventDelivery): EventDelivery | undefined {
    const { handlers, unhandled } = this.#options;
    const { name } = delivery.event;
    if (handlers === undefined || Object.hasOwn(handlers, name)) return delivery;
    this.counts.unhandled++;
    const times = this.unhandledTypes.get(name) ?? 0;
    if (times > 0 || this.unhandledTypes.size < MAX_UNHANDLED_TYPES) this.unhandledTypes.set(name, times + 1);
    if (unhandled === "drop") incoming.accept();
    else incoming.reject("xqbus:unhandled-event", `no handler for events of type ${name}`);
    return undefined;
  }
}
