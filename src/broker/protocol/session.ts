import type { BrokerLimits } from "../limits.ts";
import type { MemoryBudget } from "../node/memory-budget.ts";
import type { Tally } from "../tally.ts";
import type { BrokerContext } from "./broker-context.ts";
import type { LinkInfo } from "./connection-info.ts";
import { readOutcome } from "./delivery-state.ts";
import { DispositionBatch } from "./disposition-batch.ts";
import { EndListeners } from "./end-listeners.ts";
import { FRAME_HEADER_BYTES, writeFlow, writeFrame } from "./frame-writer.ts";
import type { FlowingLink } from "./frame-writer.ts";
import type { IncomingLink } from "./incoming-link.ts";
import { LinkSlot } from "./link-slot.ts";
import type { SlotSession } from "./link-slot.ts";
import type { Departure, LinkEnds, Outcome, OutgoingMessage } from "./nodes.ts";
import type { OutgoingLink } from "./outgoing-link.ts";
import type { Output } from "./output.ts";
import type {
  AttachFrame,
  BeginFrame,
  DetachFrame,
  DispositionFrame,
  FlowFrame,
  TransferFrame,
} from "./performatives.ts";
import { ProtocolFault, SessionFault } from "./protocol-fault.ts";
import type { AmqpError } from "./protocol-fault.ts";
import { advance } from "./serial-number.ts";
import { SessionWindows } from "./session-windows.ts";
import { UnsettledDeliveries } from "./unsettled-deliveries.ts";

/** UTF-16 code units of a link's name. */
const MAX_NAME_LENGTH = 1024;

/** Links of one session that may have all the unsettled deliveries that a link may have. */
const MAX_STALLED_LINKS = 8;

/** What a session needs of its connection. */
export interface SessionOwner {
  readonly broker: BrokerContext;
  readonly output: Output;
  /** For messages whose last frame has not come yet. */
  readonly budget: MemoryBudget;
  /** Of the peer, as far as the broker uses it. */
  readonly maxFrameSize: number;
  /** Who the peer is. */
  readonly identity: { readonly containerId: string; readonly user: string; readonly connection: number };
  /** See {@link LinkEnds}. */
  onEnd(listener: () => void): () => void;
  /** Whether the peer reads what it is sent. */
  canWrite(): boolean;
  /** Handles in use, in all sessions of the connection. */
  readonly linkCount: number;
  /** Asks for {@link Session.tick} at the end of this turn of the event loop. */
  tickLater(): void;
  /** Tells the broker's log what the client did wrong. */
  report(what: string, error: AmqpError): void;
  /** Runs what another connection or a promise started; a fault in it ends this connection. */
  guard(action: () => void): void;
}

/** One session of a client (AMQP 1.0, part 2.5): its windows, its links, and what is unsettled. */
export class Session implements SlotSession {
  readonly channel: number;
  readonly #owner: SessionOwner;
  /** The answer to an attach has the same handle, so the peer's limit counts as well. */
  readonly #largestHandle: number;
  readonly #windows: SessionWindows;
  /** The broker answers each of the peer's handles with the same number. */
  readonly #slots = new Map<number, LinkSlot>();
  readonly #unsettled = new UnsettledDeliveries();
  readonly #received: DispositionBatch;
  readonly #sent: DispositionBatch;
  #nextDeliveryId: number;
  /** Of the peer; undefined before its first delivery, with which it chooses where to start. */
  #nextIncomingDeliveryId: number | undefined;
  /** Links that may have something to send. */
  readonly #ready = new Set<OutgoingLink>();
  /** Links that wait for the session or the socket, and had nothing of their turn. */
  readonly #blocked = new Set<OutgoingLink>();
  /** Links that likewise wait, and had a part of their turn. */
  readonly #interrupted = new Set<OutgoingLink>();
  readonly #replenishing = new Set<IncomingLink>();
  /** Links whose state the peer is told at the end of the turn. */
  readonly #flows = new Set<FlowingLink>();
  #sessionFlowDue = false;
  readonly #ends = new EndListeners();
  readonly #linkEnds: LinkEnds = {
    onSessionEnd: (listener) => this.#ends.add(listener),
    onConnectionEnd: (listener) => this.#owner.onEnd(listener),
  };

  constructor(channel: number, begin: BeginFrame, owner: SessionOwner) {
    this.channel = channel;
    this.#owner = owner;
    this.#largestHandle = Math.min(owner.broker.limits.maxLinks - 1, begin.handleMax);
    this.#windows = new SessionWindows(begin, owner.broker.firstId);
    this.#nextDeliveryId = owner.broker.firstId;
    this.#received = new DispositionBatch(owner.output, channel, true);
    this.#sent = new DispositionBatch(owner.output, channel, false);
  }

  get broker(): BrokerContext {
    return this.#owner.broker;
  }

  get limits(): BrokerLimits {
    return this.#owner.broker.limits;
  }

  report(what: string, error: AmqpError): void {
    this.#owner.report(what, error);
  }

  get budget(): MemoryBudget {
    return this.#owner.budget;
  }

  get tally(): Tally {
    return this.#owner.broker.tally;
  }

  get output(): Output {
    return this.#owner.output;
  }

  get maxFrameSize(): number {
    return this.#owner.maxFrameSize;
  }

  get canSendFrame(): boolean {
    return this.#windows.canSend && this.#owner.canWrite();
  }

  get canHoldDelivery(): boolean {
    return this.#unsettled.size < this.limits.maxUnsettled * MAX_STALLED_LINKS;
  }

  get links(): readonly LinkInfo[] {
    return [...this.#slots.values()].flatMap(({ info }) => (info === undefined ? [] : [info]));
  }

  get linkCount(): number {
    return this.#slots.size;
  }

  /** AMQP 1.0, part 2.7.3. */
  onAttach(attach: AttachFrame): void {
    this.#assertAttachable(attach);
    const slot = new LinkSlot(this, attach, { name: attach.name, ...this.#owner.identity, ends: this.#linkEnds });
    const holder = this.broker.links.holder(slot.identity, slot.isIncoming ? "in" : "out");
    if (holder instanceof LinkSlot && holder.session === this) {
      throw new SessionFault("amqp:not-allowed", "a link of that name is attached already in that direction");
    }
    this.#slots.set(attach.handle, slot);
    slot.open();
  }

  /** AMQP 1.0, part 2.7.4. */
  onFlow(flow: FlowFrame): void {
    this.#windows.onFlow(flow);
    this.unblock();
    if (flow.handle === undefined) {
      if (flow.echo) this.#flowSession();
      return;
    }
    const slot = this.#slotOf(flow.handle);
    slot.onFlow(flow);
    const link = slot.outgoing ?? slot.incoming;
    if (flow.echo && link !== undefined) this.flowLater(link);
  }

  /** AMQP 1.0, part 2.7.5. */
  onTransfer(transfer: TransferFrame, payload: Buffer): void {
    this.#windows.countReceived();
    if (this.#windows.isHalfUsed) this.#flowSession();
    const slot = this.#slotOf(transfer.handle);
    if (!slot.isIncoming) throw new SessionFault("amqp:not-allowed", "a transfer came on a consumer's link");
    const link = slot.incoming;
    const deliveryId = this.#deliveryIdOf(transfer, slot);
    if (link !== undefined) return link.onTransfer(transfer, deliveryId, payload);
    if (!slot.isClosing) {
      throw new SessionFault("amqp:link:transfer-limit-exceeded", "a transfer came before the link was attached");
    }
  }

  /** AMQP 1.0, part 2.7.6. */
  onDisposition({ role, first, last, settled, state }: DispositionFrame): void {
    // The broker settles what it receives at once, so there is nothing more to say about it.
    if (!role) return;
    const outcome = state === undefined ? undefined : readOutcome(state);
    if (outcome === undefined && !settled) return;
    for (const { id, link, message } of this.#unsettled.takeRange(first, last)) {
      const result = link.settle(message, outcome);
      // The consumer waits for the broker to settle first, and says nothing more afterwards.
      if (!settled) this.#sent.settle(id, result);
    }
    this.unblock();
    this.#owner.tickLater();
  }

  /** AMQP 1.0, part 2.7.7. */
  onDetach({ handle, closed }: DetachFrame): void {
    const slot = this.#slotOf(handle);
    slot.onDetach(closed);
    this.#slots.delete(handle);
  }

  /** Ends all links: the session or the connection is gone. */
  dispose(why: Departure): void {
    for (const slot of this.#slots.values()) slot.dispose(why);
    this.#slots.clear();
    this.#ends.end();
  }

  /** Does what was collected during a turn of the event loop: sends messages, outcomes, credit. */
  tick(): void {
    for (const link of [...this.#ready]) {
      this.#ready.delete(link);
      const state = link.pump();
      if (state === "more") this.pumpLater(link);
      else if (state === "blocked") this.#blocked.add(link);
      else if (state === "interrupted") this.#interrupted.add(link);
    }
    this.flushDispositions();
    for (const link of this.#replenishing) link.replenish();
    this.#replenishing.clear();
    this.#writeFlows();
  }

  /** What waited for the session or the socket may go on. */
  unblock(): void {
    if (this.#blocked.size + this.#interrupted.size === 0) return;
    // Whoever was first last time is not first again, however little goes out at a time.
    const waiting = [...this.#blocked, ...this.#ready, ...this.#interrupted];
    for (const links of [this.#blocked, this.#ready, this.#interrupted]) links.clear();
    for (const link of waiting) this.#ready.add(link);
    this.#owner.tickLater();
  }

  flushDispositions(): void {
    this.#received.flush();
    this.#sent.flush();
  }

  send(performative: Buffer): void {
    if (performative.length + FRAME_HEADER_BYTES > this.maxFrameSize) {
      throw new ProtocolFault(
        "amqp:frame-size-too-small",
        `an answer has ${performative.length} bytes, and the client's max-frame-size is ${this.maxFrameSize}`,
      );
    }
    writeFrame(this.output, this.channel, performative);
  }

  startDelivery(link: OutgoingLink, message: OutgoingMessage, settled: boolean): number {
    const id = this.#nextDeliveryId;
    this.#nextDeliveryId = advance(id);
    if (!settled) this.#unsettled.add({ id, link, message });
    return id;
  }

  countTransfer(): void {
    this.#windows.countSent();
  }

  settleIncoming(deliveryId: number, outcome: Outcome): void {
    this.#received.settle(deliveryId, outcome);
    this.#owner.tickLater();
  }

  pumpLater(link: OutgoingLink): void {
    this.#ready.add(link);
    this.#owner.tickLater();
  }

  flowLater(link: FlowingLink): void {
    this.#flows.add(link);
    this.#owner.tickLater();
  }

  replenishLater(link: IncomingLink): void {
    this.#replenishing.add(link);
    this.#owner.tickLater();
  }

  detachLink(link: IncomingLink, error: AmqpError): void {
    this.report("a link was ended", error);
    this.#slots.get(link.handle)?.detach(error);
  }

  onAttached(link: OutgoingLink | IncomingLink): void {
    if ("replenish" in link) link.replenish();
    else this.pumpLater(link);
  }

  onGone(link: OutgoingLink | IncomingLink): void {
    this.#flows.delete(link);
    if ("replenish" in link) {
      this.#replenishing.delete(link);
      return;
    }
    this.#ready.delete(link);
    this.#blocked.delete(link);
    this.#interrupted.delete(link);
    this.#unsettled.dropLink(link);
    this.unblock();
  }

  guard(action: () => void): void {
    this.#owner.guard(action);
  }

  #assertAttachable({ name, handle }: AttachFrame): void {
    const { maxLinks } = this.limits;
    if (handle > this.#largestHandle) {
      throw new ProtocolFault(
        "amqp:connection:framing-error",
        `handle is ${handle}; the largest is ${this.#largestHandle}`,
      );
    }
    if (this.#slots.has(handle)) {
      throw new SessionFault("amqp:session:handle-in-use", `handle ${handle} is in use`);
    }
    if (this.#owner.linkCount >= maxLinks) {
      throw new ProtocolFault(
        "amqp:resource-limit-exceeded",
        `the connection has ${maxLinks} links, the limit (maxLinks)`,
      );
    }
    if (name === "" || name.length > MAX_NAME_LENGTH) {
      throw new SessionFault("amqp:invalid-field", `a link's name must have 1 to ${MAX_NAME_LENGTH} characters`);
    }
  }

  #slotOf(handle: number): LinkSlot {
    const slot = this.#slots.get(handle);
    if (slot === undefined) {
      throw new SessionFault("amqp:session:unattached-handle", `handle ${handle} is not attached`);
    }
    return slot;
  }

  /** The delivery-id of the delivery that a frame belongs to. Ids go up by one for each delivery of the session. */
  #deliveryIdOf({ deliveryId }: TransferFrame, { incoming, isClosing }: LinkSlot): number {
    const expected = this.#nextIncomingDeliveryId ?? deliveryId;
    const current = incoming?.receivingId;
    if (isClosing) {
      // What is thrown away may begin a delivery or go on with one.
      if (deliveryId !== undefined && deliveryId === expected) this.#nextIncomingDeliveryId = advance(deliveryId);
      return 0;
    }
    // Frames of a delivery after the first need not repeat its id.
    if (current !== undefined && (deliveryId ?? current) === current) return current;
    if (deliveryId === undefined) {
      throw new SessionFault("amqp:invalid-field", "the first transfer of a delivery has no delivery-id");
    }
    if (deliveryId !== (current ?? expected)) {
      throw new SessionFault(
        "amqp:illegal-state",
        `delivery-id is ${deliveryId}; expected ${current ?? expected ?? 0}`,
      );
    }
    this.#nextIncomingDeliveryId = advance(deliveryId);
    return deliveryId;
  }

  #flowSession(): void {
    this.#sessionFlowDue = true;
    this.#owner.tickLater();
  }

  #writeFlows(): void {
    for (const link of this.#flows) writeFlow(this.output, this.channel, this.#windows.open(), link.state);
    if (this.#sessionFlowDue && this.#flows.size === 0) {
      writeFlow(this.output, this.channel, this.#windows.open(), undefined);
    }
    this.#flows.clear();
    this.#sessionFlowDue = false;
  }
}
