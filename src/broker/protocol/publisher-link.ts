import type { MemoryBudget } from "../node/memory-budget.ts";
import type { Topic } from "../node/topic.ts";
import type { BrokerLimits } from "../limits.ts";
import type { Tally } from "../tally.ts";
import { checkMessage } from "./message-sections.ts";
import { ProtocolFault } from "./protocol-fault.ts";
import type { AmqpError, Condition } from "./protocol-fault.ts";
import type { Frame, RheaDelivery, RheaReceiver, TransferFields } from "./rhea-internals.ts";

/** Every frame of a message costs memory besides its bytes, so those of a long message must have some. */
const LEAST_BYTES_OF_FRAME = 256;
/** Any message format but 0 makes rhea hand over the bytes instead of decoding them. */
const RAW_FORMAT = 1;
const NOTHING: Buffer = Buffer.alloc(0);

/** What a publisher's link needs of the broker. */
export interface PublisherContext {
  readonly limits: BrokerLimits;
  readonly budget: MemoryBudget;
  readonly tally: Tally;
}

/** The broker's end of a publisher's link: puts messages together, publishes them, and answers with an outcome. */
export class PublisherLink {
  readonly #link: RheaReceiver;
  readonly #context: PublisherContext;
  /** Undefined once the broker has detached the link; what still comes over it is thrown away. */
  #topic: Topic | undefined;
  /** Whether the last frame of the present message is still to come. */
  #receiving = false;
  #format = 0;
  #frames = 0;
  /** Of the present message; reserved in the budget. */
  #bytes = 0;
  #replenishing = false;

  /** @param topic undefined for a link that was refused */
  constructor(link: RheaReceiver, topic: Topic | undefined, context: PublisherContext) {
    this.#link = link;
    this.#topic = topic;
    this.#context = context;
    if (topic !== undefined) link.flow(context.limits.publisherCredit);
  }

  /**
   * Takes one frame of a message (AMQP 1.0, part 2.7.5). rhea would decode the message, deliver aborted ones, and
   * accept what is sent without credit.
   *
   * @param pass gives the frame to rhea, which hands the message to {@link onMessage} when it is complete
   */
  onTransfer(frame: Frame<TransferFields>, pass: () => void): void {
    const { performative } = frame;
    const first = !this.#receiving;
    if (first && typeof performative.delivery_id !== "number") {
      throw new ProtocolFault("amqp:invalid-field", "the first transfer of a delivery has no delivery-id");
    }
    const aborted = Boolean(performative.aborted);
    this.#receiving = Boolean(performative.more) && !aborted;
    const error = this.#topic === undefined ? undefined : this.#account(first, frame.payload?.length ?? 0);
    if (error !== undefined) this.#detach(error);
    if (this.#topic === undefined || aborted) return this.#discard(first, performative);
    if (first) this.#format = performative.message_format ?? 0;
    performative.message_format = RAW_FORMAT;
    frame.payload = this.#receiving ? ownCopy(frame.payload ?? NOTHING) : (frame.payload ?? NOTHING);
    pass();
    // rhea opens the session's window again only when its state machine runs, which a long message alone does not cause.
    this.#link.session.connection._register();
  }

  /** Publishes a complete message and settles its delivery. */
  onMessage(bytes: Buffer, delivery: RheaDelivery): void {
    this.#release();
    const { tally } = this.#context;
    tally.received++;
    tally.bytes += bytes.length;
    const error = this.#publish(bytes);
    if (error !== undefined) tally.refused++;
    if (delivery.remote_settled) delivery.update(true);
    else if (error === undefined) delivery.accept();
    else this.#reject(delivery, error);
    this.#replenish();
  }

  /** Gives back what an incomplete message took. */
  dispose(): void {
    this.#release();
    this.#topic = undefined;
  }

  #publish(bytes: Buffer): AmqpError | undefined {
    if (this.#format !== 0) {
      return { condition: "amqp:not-implemented", description: `message-format is ${this.#format}; expected 0` };
    }
    try {
      checkMessage(bytes);
    } catch (error) {
      if (error instanceof ProtocolFault) return { condition: error.condition, description: error.message };
      throw error;
    }
    const published = this.#topic?.publish(bytes);
    if (published?.kind === "refused") {
      return { condition: "amqp:resource-limit-exceeded", description: published.reason };
    }
    if (published?.copies === 0) this.#context.tally.unrouted++;
    return undefined;
  }

  /**
   * Gives credit again when a quarter of it is used. On the next tick, so that a publisher that does not wait for credit
   * runs out of it.
   */
  #replenish(): void {
    const { publisherCredit } = this.#context.limits;
    if (this.#replenishing || publisherCredit - this.#link.credit < publisherCredit / 4) return;
    this.#replenishing = true;
    process.nextTick(() => {
      this.#replenishing = false;
      this.#link.flow(publisherCredit - this.#link.credit);
    });
  }

  /** rhea merges a disposition with the one before it although their outcomes differ, so this one travels alone. */
  #reject(delivery: RheaDelivery, error: AmqpError): void {
    const { session } = this.#link;
    session.incoming.process(session);
    delivery.reject(error);
    session.incoming.process(session);
  }

  /** Adds a frame to the present message; returns why the link cannot go on. */
  #account(first: boolean, bytes: number): AmqpError | undefined {
    const { maxMessageBytes } = this.#context.limits;
    if (first && this.#link.credit <= 0) {
      return linkError("amqp:link:transfer-limit-exceeded", "a transfer came for which there was no credit");
    }
    this.#frames++;
    const mostFrames = maxMessageBytes / LEAST_BYTES_OF_FRAME + 1;
    if (this.#bytes + bytes > maxMessageBytes || this.#frames > mostFrames) {
      return linkError(
        "amqp:link:message-size-exceeded",
        `a message has more than ${maxMessageBytes} bytes (maxMessageBytes), or comes in too small pieces`,
      );
    }
    if (!this.#context.budget.reserve(bytes)) {
      return linkError("amqp:resource-limit-exceeded", "the broker is full (maxTotalBytes)");
    }
    this.#bytes += bytes;
    return undefined;
  }

  #release(): void {
    this.#context.budget.release(this.#bytes);
    this.#bytes = 0;
    this.#frames = 0;
  }

  #detach(error: AmqpError): void {
    this.#topic = undefined;
    this.#link.close(error);
  }

  /** Counts a frame as rhea would, and forgets the message it belongs to. */
  #discard(first: boolean, { delivery_id, aborted }: TransferFields): void {
    this.#release();
    const link = this.#link;
    const { incoming, connection } = link.session;
    incoming.next_transfer_id++;
    if (link._incomplete !== undefined) {
      link._incomplete.settled = true;
      link._incomplete.frames = [];
      link._incomplete = undefined;
    } else if (first && typeof delivery_id === "number") {
      incoming.next_delivery_id ??= delivery_id;
      if (incoming.next_delivery_id !== delivery_id) {
        throw new ProtocolFault("amqp:illegal-state", `delivery-id is ${delivery_id}; expected the one after the last`);
      }
      incoming.next_delivery_id++;
    }
    if (Boolean(aborted) && this.#topic !== undefined) {
      link.credit--;
      link.delivery_count++;
      this.#replenish();
    }
    connection._register();
  }
}

/** A part of what was read from the socket would keep all of it in memory. */
function ownCopy(bytes: Buffer): Buffer {
  const copy = Buffer.allocUnsafeSlow(bytes.length);
  bytes.copy(copy);
  return copy;
}

function linkError(condition: Condition, description: string): AmqpError {
  return { condition, description };
}
