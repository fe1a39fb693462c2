import { messageOf } from "../../errors.ts";
import { encodeAttach, encodeDetach } from "./attach-answer.ts";
import type { AnsweredTermini } from "./attach-answer.ts";
import { readAttachRequest } from "./attach-request.ts";
import type { AttachRequest } from "./attach-request.ts";
import type { BrokerContext } from "./broker-context.ts";
import type { LinkInfo } from "./connection-info.ts";
import { encodeValue } from "./codec/encode-value.ts";
import { IncomingLink } from "./incoming-link.ts";
import type { ReceivingSession } from "./incoming-link.ts";
import type { Stealable } from "./link-registry.ts";
import type { Departure, LinkIdentity, Refusal, Source, Target } from "./nodes.ts";
import { OutgoingLink } from "./outgoing-link.ts";
import type { SendingSession } from "./outgoing-link.ts";
import type { AttachFrame, FlowFrame } from "./performatives.ts";
import type { AmqpError } from "./protocol-fault.ts";
import { sourceValue, targetValue } from "./terminus.ts";

/** snd-settle-mode settled (AMQP 1.0, part 2.8.2). */
const SETTLED = 1;

const STOLEN: AmqpError = {
  condition: "amqp:link:stolen",
  description: "a link of the same container and name was attached elsewhere",
};

/** What a slot needs of its session. */
export interface SlotSession extends SendingSession, ReceivingSession {
  readonly broker: BrokerContext;
  /** Sends an encoded performative. */
  send(performative: Buffer): void;
  /** Outcomes that were collected leave before what follows. */
  flushDispositions(): void;
  /** The link is attached: it may send. */
  onAttached(link: OutgoingLink | IncomingLink): void;
  /** The link has gone: nothing more is to be sent for it. */
  onGone(link: OutgoingLink | IncomingLink): void;
}

/**
 * One handle of a session, from the client's attach to its detach. The answer of the node may take its time; until then
 * the client's credit is kept.
 */
export class LinkSlot implements Stealable {
  readonly session: SlotSession;
  readonly identity: LinkIdentity;
  readonly #asked: AttachFrame;
  #request: AttachRequest | undefined;
  #state: "opening" | "attached" | "closing" | "gone" = "opening";
  #link: OutgoingLink | IncomingLink | undefined;
  /** Why it has gone, if it has. */
  #departure: Departure = "forced";
  /** Of the node. */
  #address: string | undefined;
  #earlyFlow: FlowFrame | undefined;

  /** @throws ProtocolFault `amqp:decode-error` when the termini make no sense */
  constructor(session: SlotSession, attach: AttachFrame, identity: LinkIdentity) {
    this.session = session;
    this.identity = identity;
    this.#request = readAttachRequest(attach, identity);
    // Views would keep the whole frame in memory while the node decides.
    this.#asked = { ...attach, source: copyOf(attach.source), target: copyOf(attach.target), properties: undefined };
  }

  /** The consumer's link; undefined before it is attached and after it is detached. */
  get outgoing(): OutgoingLink | undefined {
    return this.#link instanceof OutgoingLink ? this.#link : undefined;
  }

  /** The publisher's link, likewise. */
  get incoming(): IncomingLink | undefined {
    return this.#link instanceof IncomingLink ? this.#link : undefined;
  }

  /** Undefined unless it is attached. */
  get info(): LinkInfo | undefined {
    const link = this.#link;
    if (link === undefined) return undefined;
    const role = this.isIncoming ? "publisher" : "consumer";
    return { name: this.identity.name, role, address: this.#address, ...link.counts };
  }

  /** Whether the client publishes over the link. */
  get isIncoming(): boolean {
    return !this.#asked.role;
  }

  /** Whether the broker has detached, and the client has not answered yet. */
  get isClosing(): boolean {
    return this.#state === "closing";
  }

  /** Asks the node, which may answer now or later. */
  open(): void {
    const request = this.#request;
    this.#request = undefined;
    if (request === undefined || request.kind === "refused") return this.#refuse(request?.error ?? STOLEN);
    const { links, nodes } = this.session.broker;
    links.enter(this.identity, this.#direction, this);
    const { fields } = request;
    const answered = (answer: Source | Target | Refusal): void => this.#onAnswer(answer, fields);
    const close = (error: AmqpError): void => this.session.guard(() => this.detach(error));
    const opening = this.isIncoming
      ? nodes.openTarget(request.request, { pause: (paused) => this.incoming?.pause(paused), close })
      : nodes.openSource(request.request, { ready: () => this.#pump(), close });
    if (!(opening instanceof Promise)) return answered(opening);
    void opening.then(
      (answer) => this.session.guard(() => answered(answer)),
      (error: unknown) => this.session.guard(() => this.#refuse(internalError(error))),
    );
  }

  onFlow(flow: FlowFrame): void {
    if (this.#state === "opening") this.#earlyFlow = flow;
    else this.outgoing?.onFlow(flow);
  }

  /** The client detaches (AMQP 1.0, part 2.6.5 and 2.6.6). Gives whether an answer is due, which has left then. */
  onDetach(closed: boolean): void {
    if (this.#state === "opening") this.#sendAttach({ source: undefined, target: undefined });
    if (this.#state !== "closing") {
      this.#leave(closed ? "closed" : "detached");
      this.session.flushDispositions();
      this.session.send(encodeDetach(this.#asked.handle, closed, undefined));
    }
    this.#state = "gone";
  }

  /** Ends the link with an error; the handle is free when the client has answered. */
  detach(error: AmqpError, why: Departure = "forced"): void {
    if (this.#state === "closing" || this.#state === "gone") return;
    if (this.#state === "opening") this.#sendAttach({ source: undefined, target: undefined });
    this.#leave(why);
    this.session.flushDispositions();
    this.session.send(encodeDetach(this.#asked.handle, true, error));
    this.#state = "closing";
  }

  steal(): void {
    this.session.guard(() => this.detach(STOLEN, "stolen"));
  }

  /** The session or the connection is gone, and the link with it. */
  dispose(why: Departure): void {
    if (this.#state === "gone") return;
    this.#leave(why);
    this.#state = "gone";
  }

  get #direction(): "in" | "out" {
    return this.isIncoming ? "in" : "out";
  }

  #onAnswer(answer: Source | Target | Refusal, fields: Parameters<typeof sourceValue>[1]): void {
    if ("refused" in answer) return this.#refuse(answer.refused);
    // The client did not wait for it.
    if (this.#state !== "opening") return answer.detach(this.#departure);
    const own = encodeValue("next" in answer ? sourceValue(answer, fields) : targetValue(answer, fields));
    const { source, target } = this.#asked;
    this.#sendAttach(this.isIncoming ? { source, target: own } : { source: own, target });
    this.#state = "attached";
    this.session.tally.links++;
    const link = this.#createLink(answer, fields.defaultOutcome);
    this.#link = link;
    this.#address = answer.granted.address;
    if (this.#earlyFlow !== undefined) this.onFlow(this.#earlyFlow);
    this.#earlyFlow = undefined;
    this.session.onAttached(link);
  }

  #createLink(
    answer: Source | Target,
    defaultOutcome: Parameters<typeof sourceValue>[1]["defaultOutcome"],
  ): OutgoingLink | IncomingLink {
    const { handle, sndSettleMode, maxMessageSize, initialDeliveryCount = 0 } = this.#asked;
    if (!("next" in answer)) return new IncomingLink(this.session, answer, handle, initialDeliveryCount);
    const settled = sndSettleMode === SETTLED;
    const deliveryCount = this.session.broker.firstId;
    return new OutgoingLink(this.session, answer, { handle, settled, maxMessageSize, deliveryCount, defaultOutcome });
  }

  /** An attach without source and target, then a detach with the reason (AMQP 1.0, part 2.6.3). */
  #refuse(error: AmqpError): void {
    if (this.#state !== "opening") return;
    this.session.report("a link was refused", error);
    this.detach(error);
  }

  #sendAttach(termini: AnsweredTermini): void {
    const { limits, firstId } = this.session.broker;
    this.session.send(encodeAttach(this.#asked, termini, firstId, limits.maxMessageBytes));
  }

  #leave(why: Departure): void {
    this.#departure = why;
    this.session.broker.links.leave(this.identity, this.#direction, this);
    const link = this.#link;
    if (link === undefined) return;
    this.#link = undefined;
    this.session.tally.links--;
    this.session.onGone(link);
    link.detach(why);
  }

  #pump(): void {
    const link = this.outgoing;
    if (link !== undefined) this.session.pumpLater(link);
  }
}

function copyOf(bytes: Buffer | undefined): Buffer | undefined {
  return bytes === undefined ? undefined : Buffer.from(bytes);
}

function internalError(error: unknown): AmqpError {
  const description = messageOf(error);
  return { condition: "amqp:internal-error", description };
}
