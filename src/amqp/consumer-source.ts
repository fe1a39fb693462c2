import { XqbusError } from "../errors.ts";
import type { Event } from "../event/index.ts";
import type { Filter } from "../filter/index.ts";
import type { DeadLetter, DeliverySource, Outcome } from "../subscription/index.ts";
import type { DeadLetters, PutAside } from "./dead-letters.ts";
import { DeliveryFeed, type FeedOptions, type FeedUser } from "./delivery-feed.ts";
import { MatchedDelivery, type MatchedMessage, type OutcomeTaker } from "./matched-delivery.ts";
import { deliveryCountOf } from "./message.ts";
import { PastOutcomes } from "./past-outcomes.ts";
import type { IncomingDelivery } from "./incoming-delivery.ts";
import type { ReceiverLink } from "./receiver-link.ts";

/** What a source is told of its consumer. */
export interface SourceOptions extends FeedOptions {
  readonly unhandled: "drop" | "dead-letter" | "park";
  /** After so many deliveries a message is accepted that the broker delivers again although it was rejected. */
  readonly maxDeliveries: number;
  /** Whether failed events go back to the broker, instead of waiting here for their next attempt. */
  readonly canDelay: boolean;
}

/**
 * The messages of a consumer's link as a source of deliveries, over all of its connections: decodes, validates and filters them when
 * the subscription asks for more, and tells the broker what became of them.
 */
export class ConsumerSource implements DeliverySource<MatchedDelivery>, OutcomeTaker, FeedUser {
  readonly canDelay: boolean;
  readonly feed: DeliveryFeed;
  readonly report: (error: XqbusError, event?: Event) => void;
  readonly #options: SourceOptions;
  readonly #deadLetters: DeadLetters;
  readonly #past: PastOutcomes = new PastOutcomes();
  #receive: ((delivery: MatchedDelivery) => void) | undefined;
  #requested = 0;
  #link: ReceiverLink | undefined;
  #isStopped = false;
  #origin = "";

  constructor(
    filter: Filter,
    options: SourceOptions,
    deadLetters: DeadLetters,
    report: (error: XqbusError, event?: Event) => void,
  ) {
    this.canDelay = options.canDelay;
    this.report = report;
    this.#options = options;
    this.#deadLetters = deadLetters;
    this.feed = new DeliveryFeed(filter, options, this);
  }

  /** Messages come by this link from now on. */
  attach(link: ReceiverLink): void {
    this.#link = link;
    this.#origin = link.address;
    link.start((incoming) => {
      if (this.#isStopped) {
        incoming.release();
        return;
      }
      this.feed.push(incoming);
      this.wake();
    });
  }

  /** The link is gone; the broker delivers everything again that has no outcome. */
  detach(): void {
    this.#link = undefined;
    this.feed.drain();
  }

  start(receive: (delivery: MatchedDelivery) => void): void {
    this.#receive = receive;
  }

  request(count: number): void {
    this.#requested += count;
    this.wake();
  }

  /** What waits goes back to the broker. */
  stop(): void {
    this.#isStopped = true;
    this.#link?.stop();
    for (const incoming of this.feed.drain()) incoming.release();
  }

  wake(): void {
    const receive = this.#receive;
    while (receive !== undefined && this.#requested > 0 && !this.#isStopped) {
      const matched = this.feed.nextMatch();
      if (matched === undefined) return;
      const past = this.#past.of(matched.event, matched.properties);
      if (past?.isRejected === true) {
        this.#rejectAgain(matched);
        continue;
      }
      this.#requested--;
      receive(new MatchedDelivery(matched, past, this.#origin, this));
    }
  }

  settle(delivery: MatchedDelivery, outcome: Outcome): void | Promise<void> {
    const { incoming, event, properties } = delivery;
    switch (outcome.kind) {
      case "accepted":
        this.#past.forget(event, properties);
        incoming.accept();
        return undefined;
      case "released":
        incoming.release();
        return undefined;
      case "modified":
        this.#past.remember(event, properties, { ...outcome, isRejected: false });
        incoming.retry();
        return undefined;
      case "rejected":
        this.#past.remember(event, properties, { ...outcome.letter, isRejected: true });
        return this.#deadLetters.give(this.#handlingFailed(delivery, outcome.letter));
    }
  }

  invalid(incoming: IncomingDelivery, error: XqbusError): void {
    const deliveryCount = deliveryCountOf(incoming.message);
    const letter = this.#deadLetters.letterOf("invalid", error, { origin: this.#origin, attempts: deliveryCount });
    void this.#deadLetters.give({
      ...{ incoming, event: undefined, letter, condition: error.code, description: error.message },
      isEndless: this.#isEndless(deliveryCount),
    });
    this.report(error);
  }

  unhandled(matched: MatchedMessage): void {
    const { incoming, event, properties } = matched;
    const { unhandled } = this.#options;
    if (unhandled === "drop") {
      incoming.accept();
      return;
    }
    const error = new XqbusError("xqbus:unhandled-event", `no handler for events of type ${event.name}`);
    const { messageId: id, deliveryCount: attempts } = properties;
    const letter = this.#deadLetters.letterOf("unhandled", error, { origin: this.#origin, id, attempts });
    const aside: PutAside = {
      ...{ incoming, event, letter, condition: error.code, description: error.message },
      isEndless: this.#isEndless(attempts),
    };
    void (unhandled === "park" ? this.#deadLetters.park(aside) : this.#deadLetters.give(aside));
  }

  #handlingFailed({ incoming, event }: MatchedDelivery, letter: DeadLetter): PutAside {
    const { reason, error } = letter;
    const code = reason.startsWith("key-") ? error.code : undefined;
    const condition = code ?? "xqbus:callback-failed";
    return { incoming, event, letter, condition, description: error.message, isEndless: false };
  }

  /** The broker has no place for dead letters, or wants to hear it several times. */
  #rejectAgain({ incoming, event, properties }: MatchedMessage): void {
    if (this.#isEndless(properties.deliveryCount)) incoming.accept();
    else incoming.reject("xqbus:callback-failed", `${event.name} event was rejected before`);
  }

  #isEndless(deliveryCount: number): boolean {
    return deliveryCount >= this.#options.maxDeliveries;
  }
}
