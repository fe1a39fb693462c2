import type { Event } from "../event/index.ts";
import type { Filter, FilterItem, FilterMessage } from "../filter/index.ts";
import type { Delivery, Outcome } from "../subscription/index.ts";
import type { EventDelivery } from "./event-delivery.ts";
import { filterMessageOf } from "./filter-message.ts";
import { decodeMessage, type MessageProperties } from "./message.ts";
import type { PastOutcome } from "./past-outcomes.ts";
import type { IncomingDelivery } from "./incoming-delivery.ts";

/** Who takes the outcome of a delivery. */
export interface OutcomeTaker {
  settle(delivery: MatchedDelivery, outcome: Outcome): void | Promise<void>;
}

/** What a matching event is made of. */
export interface MatchedMessage {
  readonly incoming: IncomingDelivery;
  readonly event: Event;
  readonly properties: MessageProperties;
  readonly filter: Filter;
  /** What the filter was told of the message, if it asks. */
  readonly asked: FilterMessage | undefined;
}

/** A matching event that still wants its outcome. */
export class MatchedDelivery implements EventDelivery, Delivery {
  readonly incoming: IncomingDelivery;
  readonly event: Event;
  readonly properties: MessageProperties;
  readonly attempts: number;
  readonly firstAt: number | undefined;
  readonly origin: string;
  readonly #filter: Filter;
  readonly #asked: FilterMessage | undefined;
  readonly #taker: OutcomeTaker;
  #result: readonly FilterItem[] | undefined;

  /** @param past what is known of it here, beside what the broker says */
  constructor(message: MatchedMessage, past: PastOutcome | undefined, origin: string, taker: OutcomeTaker) {
    const { deliveryCount } = message.properties;
    this.incoming = message.incoming;
    this.event = message.event;
    this.properties = message.properties;
    this.attempts = past === undefined ? deliveryCount : Math.max(deliveryCount, past.attempts);
    this.firstAt = past?.firstAt;
    this.origin = origin;
    this.#filter = message.filter;
    this.#asked = message.asked;
    this.#taker = taker;
  }

  get id(): string | undefined {
    return this.properties.messageId;
  }

  get result(): readonly FilterItem[] {
    this.#result ??= this.#filter.evaluate(this.event.document, this.#asked);
    return this.#result;
  }

  get message(): FilterMessage {
    return this.#asked ?? filterMessageOf(decodeMessage(this.incoming.message));
  }

  settle(outcome: Outcome): void | Promise<void> {
    return this.#taker.settle(this, outcome);
  }
}
