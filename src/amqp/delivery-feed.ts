import type { XqbusError } from "../errors.ts";
import type { Event } from "../event/index.ts";
import type { Filter } from "../filter/index.ts";
import type { EventDelivery } from "./event-delivery.ts";
import { deliveryCountOf } from "./message.ts";
import { inspectDelivery, type InspectionOptions } from "./inspect-delivery.ts";
import type { IncomingDelivery } from "./receiver-link.ts";

/** What became of the messages that a consumer was sent. */
export interface ConsumerCounts {
  /** All of them. */
  readonly received: number;
  /** Events for which the filter is true; each delivery of an event counts. */
  readonly matched: number;
  /** Events for which the filter is false; the broker got `accepted` for them. */
  readonly filteredOut: number;
  /** Messages that are no event, or with a catalog no valid one; the broker got `rejected` for them. */
  readonly invalid: number;
  /** Events on which the filter failed, which is no match; the broker got `accepted` for them. */
  readonly filterErrors: number;
  /** Callbacks that threw. */
  readonly failed: number;
}

/** A matching event that still wants its outcome. */
export interface MatchedDelivery {
  readonly incoming: IncomingDelivery;
  readonly delivery: EventDelivery;
}

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
    failed: 0,
  };
  readonly #filter: Filter;
  readonly #options: InspectionOptions & { readonly maxDeliveries: number };
  readonly #report: (error: XqbusError, event?: Event) => void;
  #waiting: IncomingDelivery[] = [];
  #next = 0;

  constructor(
    filter: Filter,
    options: InspectionOptions & { readonly maxDeliveries: number },
    report: (error: XqbusError, event?: Event) => void,
  ) {
    this.#filter = filter;
    this.#options = options;
    this.#report = report;
  }

  push(incoming: IncomingDelivery): void {
    this.counts.received++;
    this.#waiting.push(incoming);
  }

  /** The next event that matches, or undefined when none waits. */
  nextMatch(): MatchedDelivery | undefined {
    for (let incoming = this.#shift(); incoming !== undefined; incoming = this.#shift()) {
      const delivery = this.#inspect(incoming);
      if (delivery !== undefined) return { incoming, delivery };
    }
    return undefined;
  }

  /** Takes away everything that waits. */
  drain(): readonly IncomingDelivery[] {
    const waiting = this.#waiting.slice(this.#next);
    this.#waiting = [];
    this.#next = 0;
    return waiting;
  }

  #shift(): IncomingDelivery | undefined {
    const incoming = this.#waiting[this.#next++];
    if (this.#next >= this.#waiting.length) this.drain();
    return incoming;
  }

  #inspect(incoming: IncomingDelivery): EventDelivery | undefined {
    const inspection = inspectDelivery(incoming, this.#filter, this.#options);
    switch (inspection.kind) {
      case "match":
        this.counts.matched++;
        return inspection.delivery;
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
}
