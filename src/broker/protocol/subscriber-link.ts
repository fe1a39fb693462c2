import type { Copy, Outcome, Subscription } from "../node/subscription.ts";
import { withDeliveryCount } from "./message-sections.ts";
import type { FlowFields, RheaDelivery, RheaSender } from "./rhea-internals.ts";
import type { SendWindow } from "./send-window.ts";

/** snd-settle-mode settled (AMQP 1.0, part 2.8.2). */
const SETTLED = 1;
const STANDARD_FORMAT = 0;

/**
 * The broker's end of a consumer's link: sends what waits in a subscription as far as the consumer gave credit, and tells
 * the subscription what became of it.
 */
export class SubscriberLink {
  readonly subscription: Subscription;
  readonly #link: RheaSender;
  readonly #window: SendWindow;
  /** Messages that may still be sent. rhea's own number only changes when a frame is written. */
  #credit = 0;
  /** The delivery-count of AMQP 1.0, part 2.6.7, of all that was given to rhea. */
  #deliveryCount = 0;
  #draining = false;
  #started = false;
  readonly #unsettled = new Map<RheaDelivery, Copy>();

  constructor(link: RheaSender, subscription: Subscription, window: SendWindow) {
    this.#link = link;
    this.subscription = subscription;
    this.#window = window;
  }

  /**
   * Takes the consumer's credit (AMQP 1.0, part 2.6.7).
   *
   * @param pass gives the frame to rhea
   */
  onFlow(flow: FlowFields, pass: () => void): void {
    // A consumer that has not seen the answer to its attach cannot know the delivery-count: it starts at 0.
    flow.delivery_count ??= 0;
    flow.link_credit ??= 0;
    pass();
    // Serial numbers (RFC 1982): the difference counts, also when one of them has passed 2^32.
    const ahead = (flow.delivery_count - this.#deliveryCount) | 0;
    this.#credit = Math.max(0, ahead + flow.link_credit);
    this.#draining = Boolean(flow.drain);
    // The credit that was taken back was partly used: what rhea already has must still be able to leave.
    this.#link.credit = Math.max(this.#link.credit, this.#inRhea);
  }

  /** Begins to send: the answer to the attach has left, and rhea would send messages before it. */
  start(): "done" | "later" {
    this.#started = true;
    return this.pump();
  }

  /** Sends what can be sent; `later` when there is more that waits for the socket. */
  pump(): "done" | "later" {
    if (!this.#started) return "done";
    for (let copy = this.subscription.peek(); copy !== undefined; copy = this.subscription.peek()) {
      if (this.#credit === 0) return "done";
      const admitted = this.#window.admits(copy.message.bytes.length);
      if (admitted !== "yes") return admitted === "later" ? "later" : "done";
      this.#sendNext();
    }
    return this.#draining && this.#credit > 0 ? this.#finishDrain() : "done";
  }

  /** Takes a consumer's word for a delivery; a second one for the same delivery is ignored. */
  onOutcome(delivery: RheaDelivery, outcome: Outcome): void {
    const copy = this.#unsettled.get(delivery);
    if (copy === undefined) return;
    this.#unsettled.delete(delivery);
    if (!delivery.remote_settled) {
      // The consumer waits for the broker to settle first, and says nothing more afterwards.
      delivery.update(true, delivery.remote_state?.described());
      delivery.remote_settled = true;
    }
    this.subscription.settle(copy, outcome);
  }

  /** Ends the subscription, and makes rhea forget what it still holds of it. */
  dispose(): void {
    const { outgoing, connection } = this.#link.session;
    this.#skipUnwritten();
    for (const delivery of this.#unsettled.keys()) {
      delivery.settled = true;
      delivery.remote_settled = delivery.id < outgoing.next_pending_delivery;
    }
    this.#unsettled.clear();
    this.subscription.close();
    connection._register();
  }

  /** Deliveries given to rhea and not completely written. */
  get #inRhea(): number {
    return (this.#deliveryCount - this.#link.delivery_count) | 0;
  }

  #sendNext(): void {
    const copy = this.subscription.take();
    if (copy === undefined) return;
    const { message, failures } = copy;
    const bytes = failures === 0 ? message.bytes : withDeliveryCount(message.bytes, failures);
    const delivery = this.#link.send(bytes, undefined, STANDARD_FORMAT);
    this.#window.sent(bytes.length);
    this.#credit--;
    this.#deliveryCount = (this.#deliveryCount + 1) >>> 0;
    if (this.#link.local.attach.snd_settle_mode === SETTLED) this.subscription.finish(copy);
    else this.#unsettled.set(delivery, copy);
  }

  /** Uses up the credit for which there is no message (AMQP 1.0, part 2.6.7, drain). */
  #finishDrain(): "done" | "later" {
    if (this.#inRhea > 0) return this.#window.isOpen ? "later" : "done";
    // rhea takes away one credit after the other, and there may be 2^32 of them.
    this.#link.delivery_count = (this.#link.delivery_count + this.#credit - 1) >>> 0;
    this.#link.credit = 1;
    this.#deliveryCount = (this.#deliveryCount + this.#credit) >>> 0;
    this.#credit = 0;
    this.#draining = false;
    this.#link.set_drained(true);
    this.#link.session.connection._register();
    return "done";
  }

  /** What waits for the session's window must not leave later, on a handle that may belong to another link by then. */
  #skipUnwritten(): void {
    const { outgoing } = this.#link.session;
    let pending = outgoing.deliveries.by_id(outgoing.next_pending_delivery);
    while (pending?.link === this.#link) {
      pending.settled = true;
      pending.remote_settled = true;
      pending = outgoing.deliveries.by_id(++outgoing.next_pending_delivery);
    }
  }
}
