import type { XqbusError } from "../errors.ts";
import type { Event } from "../event/index.ts";
import type { Filter } from "../filter/index.ts";
import type { MatchedMessage } from "./matched-delivery.ts";
import { inspectDelivery, type Inspection, type InspectionOptions } from "./inspect-delivery.ts";
import type { IncomingDelivery } from "./incoming-delivery.ts";

/** What a feed is told of its consumer. */
export interface FeedOptions extends InspectionOptions {
  readonly handlers?: Readonly<Record<string, unknown>>;
}

/** Who gets from a feed what is no match, and has to settle it. */
export interface FeedUser {
  /** It is not an event, or not a valid one. */
  invalid(incoming: IncomingDelivery, error: XqbusError): void;
  /** There is no handler for events of its type. */
  unhandled(matched: MatchedMessage): void;
  /** The filter failed on an event, for the first time. */
  report(error: XqbusError, event: Event): void;
  /** {@link DeliveryFeed.nextMatch} may have something again that it had not before, without a new message. */
  wake(): void;
}

type FeedCount = "received" | "matched" | "filteredOut" | "invalid" | "filterErrors" | "unhandled";

/** Types without a handler that are counted one by one; the names come from foreign senders. */
const MAX_UNHANDLED_TYPES = 1_000;

/**
 * The messages that wait for their turn. One is parsed and filtered only when its turn comes; those that do not match are
 * settled on the way to the next one that does.
 */
export class DeliveryFeed {
  readonly counts: { -readonly [K in FeedCount]: number } = {
    received: 0,
    matched: 0,
    filteredOut: 0,
    invalid: 0,
    filterErrors: 0,
    unhandled: 0,
  };
  /** How many events without a handler there were, by type. */
  readonly unhandledTypes: Map<string, number> = new Map();
  readonly #filter: Filter;
  readonly #options: FeedOptions;
  readonly #user: FeedUser;
  /** A large event that the catalog's worker validates. What came after it waits, so that the order stays. */
  #inspected: IncomingDelivery | undefined;
  /** The large event when it has turned out to match. */
  #ready: MatchedMessage | undefined;
  #waiting: IncomingDelivery[] = [];
  #next = 0;

  constructor(filter: Filter, options: FeedOptions, user: FeedUser) {
    this.#filter = filter;
    this.#options = options;
    this.#user = user;
  }

  push(incoming: IncomingDelivery): void {
    this.counts.received++;
    this.#waiting.push(incoming);
  }

  /** The next event that matches, or undefined when none waits, or a large one is still being validated. */
  nextMatch(): MatchedMessage | undefined {
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
      const matched = this.#settle(incoming, inspection);
      if (matched !== undefined) return matched;
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
      this.#ready = this.#settle(incoming, result);
      this.#user.wake();
    });
  }

  #settle(incoming: IncomingDelivery, inspection: Inspection): MatchedMessage | undefined {
    switch (inspection.kind) {
      case "match":
        this.counts.matched++;
        return this.#handled(inspection.matched);
      case "no-match":
        this.counts.filteredOut++;
        incoming.accept();
        return undefined;
      case "invalid":
        this.counts.invalid++;
        this.#user.invalid(incoming, inspection.error);
        return undefined;
      case "filter-error":
        incoming.accept();
        // A filter that fails on one event fails on many; the first says why, the count how often.
        if (this.counts.filterErrors++ === 0) this.#user.report(inspection.error, inspection.event);
        return undefined;
      case "aborted":
        incoming.accept();
        return undefined;
    }
  }

  #handled(matched: MatchedMessage): MatchedMessage | undefined {
    const { handlers } = this.#options;
    const { name } = matched.event;
    if (handlers === undefined || Object.hasOwn(handlers, name)) return matched;
    this.counts.unhandled++;
    const times = this.unhandledTypes.get(name) ?? 0;
    if (times > 0 || this.unhandledTypes.size < MAX_UNHANDLED_TYPES) this.unhandledTypes.set(name, times + 1);
    this.#user.unhandled(matched);
    return undefined;
  }
}
