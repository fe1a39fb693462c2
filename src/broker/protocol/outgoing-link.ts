import type { BrokerLimits } from "../limits.ts";
import type { LinkCounts } from "./connection-info.ts";
import { writeTransfer, TRANSFER_OVERHEAD_BYTES } from "./frame-writer.ts";
import type { FlowingLink, LinkFlow } from "./frame-writer.ts";
import type { Departure, Outcome, OutgoingMessage, Source } from "./nodes.ts";
import type { FlowFrame } from "./performatives.ts";
import { advance, distance, MAX_SERIAL } from "./serial-number.ts";

/** What one link may send before the others of its connection have their turn. */
const TURN_BYTES: number = 128 * 1024;
const TURN_MESSAGES = 256;

/** Messages that cannot go out here; another subscription has its own copy. */
const TOO_LARGE: Outcome = Object.freeze({ kind: "modified", deliveryFailed: true, undeliverableHere: true });

/** What a consumer settles with when it gives no outcome: it let go of the message and did not say that it handled it. */
const NO_OUTCOME: Outcome = Object.freeze({ kind: "modified", deliveryFailed: true, undeliverableHere: false });

/** What a link needs of its session to send. */
export interface SendingSession {
  readonly channel: number;
  readonly output: Parameters<typeof writeTransfer>[0];
  /** Of the peer. */
  readonly maxFrameSize: number;
  /** Whether one more frame may be sent now. */
  readonly canSendFrame: boolean;
  /** Whether one more delivery may wait for its outcome in the session. */
  readonly canHoldDelivery: boolean;
  readonly limits: BrokerLimits;
  /** Gives a delivery its id; one that is not settled is kept until its outcome comes. */
  startDelivery(link: OutgoingLink, message: OutgoingMessage, settled: boolean): number;
  /** Counts a transfer frame. */
  countTransfer(): void;
  /** Asks for a turn of {@link OutgoingLink.pump}. */
  pumpLater(link: OutgoingLink): void;
  /** Asks for a flow with the link's state. */
  flowLater(link: FlowingLink): void;
}

/** How a consumer attached. */
export interface OutgoingLinkOptions {
  readonly handle: number;
  /** Whether every message is settled as it is sent (snd-settle-mode 1, AMQP 1.0, part 2.8.2). */
  readonly settled: boolean;
  /** The consumer's max-message-size; 0 for none. */
  readonly maxMessageSize: bigint;
  readonly deliveryCount: number;
  /** What a delivery that is settled without an outcome gets. */
  readonly defaultOutcome: Outcome | undefined;
}

/** A message of which some frames are sent. */
interface Partial {
  readonly message: OutgoingMessage;
  readonly deliveryId: number;
  sent: number;
}

/** The broker's end of a consumer's link: sends what its source gives, as far as the consumer gave credit. */
export class OutgoingLink implements FlowingLink {
  readonly handle: number;
  readonly #session: SendingSession;
  readonly #source: Source;
  readonly #options: OutgoingLinkOptions;
  #deliveryCount: number;
  /** Messages that may still be sent. */
  #credit = 0;
  #draining = false;
  #messages = 0;
  /** Deliveries without outcome. */
  #unsettled = 0;
  #partial: Partial | undefined;
  #detached = false;

  constructor(session: SendingSession, source: Source, options: OutgoingLinkOptions) {
    this.handle = options.handle;
    this.#session = session;
    this.#source = source;
    this.#options = options;
    this.#deliveryCount = options.deliveryCount;
  }

  /** The link's part of a flow. */
  get state(): LinkFlow {
    return { handle: this.handle, deliveryCount: this.#deliveryCount, credit: this.#credit, drain: this.#draining };
  }

  get counts(): LinkCounts {
    return { messages: this.#messages, credit: this.#credit, unsettled: this.#unsettled };
  }

  /** Takes the consumer's credit (AMQP 1.0, part 2.6.7). */
  onFlow({ deliveryCount, linkCredit, drain }: FlowFrame): void {
    // A consumer that has not seen the answer to its attach cannot know where the count starts.
    const ahead = distance(deliveryCount ?? this.#options.deliveryCount, this.#deliveryCount);
    this.#credit = Math.min(MAX_SERIAL, Math.max(0, ahead + linkCredit));
    this.#draining = drain;
    this.#session.pumpLater(this);
  }

  /**
   * Sends what can be sent in one turn. `more`: there may be more to send. `blocked`: the session or the socket is full,
   * or too many deliveries wait for their outcome; `interrupted`: likewise, and something was sent before.
   */
  pump(): "done" | "more" | "blocked" | "interrupted" {
    if (this.#detached) return "done";
    let bytes = 0;
    for (let messages = 0; messages < TURN_MESSAGES && bytes < TURN_BYTES; messages++) {
      if (!this.#session.canSendFrame) return bytes === 0 ? "blocked" : "interrupted";
      if (this.#partial === undefined) {
        if (this.#credit === 0) return "done";
        if (!this.#canHoldDelivery()) return bytes === 0 ? "blocked" : "interrupted";
        const message = this.#source.next();
        if (message === "empty") return this.#finishDrain();
        if (message === "later") return "done";
        this.#start(message);
      }
      bytes += this.#sendPartial(TURN_BYTES - bytes);
    }
    return "more";
  }

  /** Takes the consumer's word for a delivery. Gives the outcome that it comes to. */
  settle(message: OutgoingMessage, outcome: Outcome | undefined): Outcome {
    this.#unsettled--;
    const result = outcome ?? this.#options.defaultOutcome ?? NO_OUTCOME;
    this.#source.settle(message, result);
    return result;
  }

  /** The link has gone. */
  detach(why: Departure): void {
    if (this.#detached) return;
    this.#detached = true;
    this.#partial = undefined;
    this.#source.detach(why);
  }

  #canHoldDelivery(): boolean {
    if (this.#options.settled) return true;
    return this.#unsettled < this.#session.limits.maxUnsettled && this.#session.canHoldDelivery;
  }

  #start(message: OutgoingMessage): void {
    const { maxMessageSize, settled } = this.#options;
    if (maxMessageSize !== 0n && BigInt(message.bytes.length) > maxMessageSize) {
      this.#source.settle(message, TOO_LARGE);
      return;
    }
    this.#credit--;
    this.#messages++;
    if (!settled) this.#unsettled++;
    this.#deliveryCount = advance(this.#deliveryCount);
    this.#partial = { message, deliveryId: this.#session.startDelivery(this, message, settled), sent: 0 };
  }

  /** Sends frames of the present message, at least one; gives the bytes of the message that went out. */
  #sendPartial(maxBytes: number): number {
    const partial = this.#partial;
    if (partial === undefined) return 0;
    const { channel, output, maxFrameSize } = this.#session;
    const { bytes, format } = partial.message;
    const start = partial.sent;
    const delivery = { handle: this.handle, deliveryId: partial.deliveryId, format, settled: this.#options.settled };
    do {
      const end = Math.min(bytes.length, partial.sent + maxFrameSize - TRANSFER_OVERHEAD_BYTES);
      writeTransfer(output, channel, delivery, bytes, partial.sent, end);
      this.#session.countTransfer();
      partial.sent = end;
    } while (partial.sent < bytes.length && partial.sent - start < maxBytes && this.#session.canSendFrame);
    if (partial.sent >= bytes.length) {
      this.#partial = undefined;
      if (this.#options.settled) this.#source.sentSettled(partial.message);
    }
    return partial.sent - start;
  }

  /** Uses up the credit for which there is no message (AMQP 1.0, part 2.6.7, drain). */
  #finishDrain(): "done" {
    if (this.#draining && this.#credit > 0) {
      this.#deliveryCount = advance(this.#deliveryCount, this.#credit);
      this.#credit = 0;
      this.#session.flowLater(this);
    }
    return "done";
  }
}
