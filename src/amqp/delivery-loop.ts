import type { XqbusError } from "../errors.ts";
import type { EventDelivery } from "./event-delivery.ts";

interface Offer {
  readonly delivery: EventDelivery;
  /** Ends the handling of the event: handled, or with a reason not. */
  readonly end: (reason?: XqbusError) => void;
}

/**
 * Turns round who asks whom: a subscription calls {@link DeliveryLoop.handle} for an event, and a loop asks for the next one. An event
 * is handled when the loop asks for the one after it.
 */
export class DeliveryLoop {
  /** What nobody has asked for yet. */
  #offered: Offer | undefined;
  /** What the loop's body works on. */
  #current: Offer | undefined;
  #wake: () => void = () => undefined;
  #failure: XqbusError | undefined;
  #isEnded = false;

  /** Resolves when the loop has handled the event. One at a time. */
  readonly handle = (delivery: EventDelivery): Promise<void> =>
    new Promise((resolve, reject) => {
      this.#offered = { delivery, end: (reason) => (reason === undefined ? resolve() : reject(reason)) };
      this.#wake();
    });

  /** The next event; undefined when the loop has ended. @throws the error that it failed with */
  async next(): Promise<EventDelivery | undefined> {
    this.finish();
    for (;;) {
      if (this.#failure !== undefined) throw this.#failure;
      if (this.#isEnded) return undefined;
      if (this.#offered !== undefined) {
        this.#current = this.#offered;
        this.#offered = undefined;
        return this.#current.delivery;
      }
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  /** The body is done with the event that it has. */
  finish(): void {
    this.#current?.end();
    this.#current = undefined;
  }

  /** There will be no more events. */
  fail(error: XqbusError): void {
    this.#failure ??= error;
    this.#wake();
  }

  /** There are no more events, and the body's one is not handled. */
  end(reason: XqbusError): void {
    this.#isEnded = true;
    this.#current?.end(reason);
    this.#offered?.end(reason);
    this.#wake();
  }
}
