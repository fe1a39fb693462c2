import { messageOf } from "../../errors.ts";
import type { BrokerLimits } from "../limits.ts";
import type { MemoryBudget } from "../node/memory-budget.ts";
import type { Tally } from "../tally.ts";
import type { LinkCounts } from "./connection-info.ts";
import type { FlowingLink, LinkFlow } from "./frame-writer.ts";
import { checkMessage } from "./message-sections.ts";
import { noMemory, MessageAssembly, tooLarge } from "./message-assembly.ts";
import { ACCEPTED } from "./nodes.ts";
import type { Departure, IncomingMessage, Outcome, Target } from "./nodes.ts";
import type { TransferFrame } from "./performatives.ts";
import { ProtocolFault } from "./protocol-fault.ts";
import type { AmqpError } from "./protocol-fault.ts";
import { advance } from "./serial-number.ts";

/** What a publisher's link needs of its session and the broker. */
export interface ReceivingSession {
  readonly limits: BrokerLimits;
  readonly budget: MemoryBudget;
  readonly tally: Tally;
  /** Tells the publisher what became of a delivery. */
  settleIncoming(deliveryId: number, outcome: Outcome): void;
  /** Asks for a flow with the link's state. */
  flowLater(link: FlowingLink): void;
  /** Asks for a turn of {@link IncomingLink.replenish}. */
  replenishLater(link: IncomingLink): void;
  /** Ends the link with an error. */
  detachLink(link: IncomingLink, error: AmqpError): void;
  /** Tells the broker's log what the client did wrong. */
  report(what: string, error: AmqpError): void;
  /** Runs what comes later than the frame that caused it; a fault in it ends the connection. */
  guard(action: () => void): void;
}

/** The broker's end of a publisher's link: puts messages together, hands them to its target, answers with an outcome. */
export class IncomingLink implements FlowingLink {
  readonly handle: number;
  readonly #session: ReceivingSession;
  readonly #target: Target;
  readonly #assembly: MessageAssembly;
  #deliveryCount: number;
  #credit = 0;
  #messages = 0;
  /** Messages whose outcome the target has not given yet. */
  #pending = 0;
  #paused = false;
  #detached = false;
  /** Of the message whose last frame is still to come. */
  #partial: { readonly deliveryId: number; readonly format: number; settled: boolean } | undefined;

  constructor(session: ReceivingSession, target: Target, handle: number, deliveryCount: number) {
    this.handle = handle;
    this.#session = session;
    this.#target = target;
    this.#assembly = new MessageAssembly(session.limits.maxMessageBytes, session.budget);
    this.#deliveryCount = deliveryCount;
  }

  /** The link's part of a flow. */
  get state(): LinkFlow {
    return { handle: this.handle, deliveryCount: this.#deliveryCount, credit: this.#credit, drain: false };
  }

  /** The delivery-id of the delivery that has begun and is not complete. */
  get receivingId(): number | undefined {
    return this.#partial?.deliveryId;
  }

  get counts(): LinkCounts {
    return { messages: this.#messages, credit: this.#credit, unsettled: this.#pending };
  }

  /** Gives credit again when a quarter of it is used, so that a publisher that does not wait for credit runs out of it. */
  replenish(): void {
    const { publisherCredit } = this.#session.limits;
    const wanted = this.#paused ? 0 : publisherCredit - this.#pending;
    if (this.#detached || wanted - this.#credit < publisherCredit / 4) return;
    this.#credit = wanted;
    this.#session.flowLater(this);
  }

  /** Stops or goes on to give credit; see {@link TargetLink.pause}. */
  pause(paused: boolean): void {
    this.#paused = paused;
    this.replenish();
  }

  /** Takes one frame of a message (AMQP 1.0, part 2.7.5). `deliveryId` is that of the first frame. */
  onTransfer(transfer: TransferFrame, deliveryId: number, payload: Buffer): void {
    if (this.#detached) return;
    const error = this.#errorOf(transfer);
    if (error !== undefined) return this.#session.detachLink(this, error);
    if (this.#partial === undefined && !transfer.more && !transfer.aborted) {
      const { maxMessageBytes } = this.#session.limits;
      if (payload.length > maxMessageBytes) return this.#session.detachLink(this, tooLarge(maxMessageBytes));
      const message = this.#hasRoom(payload.length) ? payload : payload.length;
      return this.#complete(deliveryId, transfer.messageFormat, transfer.settled, message);
    }
    this.#onPart(transfer, deliveryId, payload);
  }

  /** The link has gone. */
  detach(why: Departure): void {
    if (this.#detached) return;
    this.#detached = true;
    this.#assembly.drop();
    this.#partial = undefined;
    this.#target.detach(why);
  }

  #onPart({ messageFormat, settled, more, aborted }: TransferFrame, deliveryId: number, payload: Buffer): void {
    this.#partial ??= { deliveryId, format: messageFormat, settled: false };
    const partial = this.#partial;
    partial.settled ||= settled;
    if (aborted) {
      this.#partial = undefined;
      this.#assembly.drop();
      return this.#countDelivery();
    }
    const error = this.#assembly.add(payload);
    if (error !== undefined) return this.#session.detachLink(this, error);
    if (more) return;
    this.#partial = undefined;
    this.#complete(partial.deliveryId, partial.format, partial.settled, this.#assembly.take());
  }

  /** @param message its size where there was no memory for it */
  #complete(deliveryId: number, format: number, settled: boolean, message: Buffer | number): void {
    const { tally } = this.#session;
    tally.received++;
    this.#messages++;
    tally.bytes += typeof message === "number" ? message : message.length;
    this.#countDelivery();
    const outcome =
      typeof message === "number" ? refused(noMemory()) : this.#publish({ bytes: message, format, settled });
    if (!(outcome instanceof Promise)) return this.#answer(deliveryId, settled, outcome);
    this.#pending++;
    void outcome.then(
      (later) => this.#answerLater(deliveryId, settled, later),
      (reason: unknown) => this.#answerLater(deliveryId, settled, failed(reason)),
    );
  }

  #publish(message: IncomingMessage): Outcome | Promise<Outcome> {
    if (message.format !== 0) {
      return refused({
        condition: "amqp:not-implemented",
        description: `message-format is ${message.format}; expected 0`,
      });
    }
    try {
      checkMessage(message.bytes);
    } catch (error) {
      if (error instanceof ProtocolFault) return refused(error.error);
      throw error;
    }
    return this.#target.publish(message);
  }

  #answerLater(deliveryId: number, settled: boolean, outcome: Outcome): void {
    this.#pending--;
    if (this.#detached) return;
    this.#session.guard(() => {
      this.#answer(deliveryId, settled, outcome);
      this.replenish();
    });
  }

  #answer(deliveryId: number, settled: boolean, outcome: Outcome): void {
    if (outcome !== ACCEPTED && outcome.kind !== "accepted") this.#session.tally.refused++;
    if (outcome.kind === "rejected" && outcome.error !== undefined) {
      this.#session.report("a message was rejected", outcome.error);
    }
    if (!settled && !this.#detached) this.#session.settleIncoming(deliveryId, outcome);
  }

  #errorOf({ resume }: TransferFrame): AmqpError | undefined {
    if (this.#partial === undefined && this.#credit === 0) {
      return {
        condition: "amqp:link:transfer-limit-exceeded",
        description: "a transfer came for which there was no credit",
      };
    }
    if (!resume) return undefined;
    return {
      condition: "amqp:not-implemented",
      description: "this broker keeps no unsettled deliveries of a link; send the message again as a new one",
    };
  }

  /** For a message that came in one piece; one in several pieces is accounted for as it comes. */
  #hasRoom(bytes: number): boolean {
    const { budget } = this.#session;
    if (!budget.reserve(bytes)) return false;
    budget.release(bytes);
    return true;
  }

  #countDelivery(): void {
    this.#credit--;
    this.#deliveryCount = advance(this.#deliveryCount);
    this.#session.replenishLater(this);
  }
}

function refused(error: AmqpError): Outcome {
  return { kind: "rejected", error };
}

function failed(reason: unknown): Outcome {
  const description = messageOf(reason);
  return refused({ condition: "amqp:internal-error", description });
}
