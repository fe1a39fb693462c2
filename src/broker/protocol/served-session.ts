import { Subscription } from "../node/subscription.ts";
import type { Outcome } from "../node/subscription.ts";
import type { Topic } from "../node/topic.ts";
import type { BrokerContext } from "./broker-context.ts";
import { ProtocolFault } from "./protocol-fault.ts";
import type { AmqpError } from "./protocol-fault.ts";
import { PublisherLink } from "./publisher-link.ts";
import type {
  AttachFields,
  DetachFields,
  DispositionFields,
  FlowFields,
  Frame,
  RheaDelivery,
  RheaLink,
  RheaReceiver,
  RheaSender,
  RheaSession,
  TransferFields,
} from "./rhea-internals.ts";
import type { RheaSocket } from "./rhea-socket.ts";
import { SendWindow } from "./send-window.ts";
import { SubscriberLink } from "./subscriber-link.ts";
import { isCoordinator, readTerminus, supportedPart } from "./terminus.ts";

/** UTF-16 code units of a link's name. */
const MAX_NAME_LENGTH = 1024;
/** Of names that go into descriptions. */
const MAX_SHOWN_LENGTH = 100;

/** Place of `state` among the fields of a disposition (AMQP 1.0, part 2.7.6). */
const DISPOSITION_STATE = 4;

/** What a session needs of its connection. */
export interface SessionOwner {
  readonly broker: BrokerContext;
  readonly socket: RheaSocket;
  /** Links of the connection that are attached or not yet detached by the client. */
  readonly linkCount: number;
  /** Runs what another connection or a timer started; a fault in it ends this connection. */
  guard(action: () => void): void;
}

/** One session of a client: its links, and what rhea's session does not check. */
export class ServedSession {
  readonly #session: RheaSession;
  readonly #owner: SessionOwner;
  readonly #window: SendWindow;
  /** Undefined for a link that was refused. */
  readonly #topics = new Map<RheaLink, Topic | undefined>();
  readonly #publishers = new Map<RheaReceiver, PublisherLink>();
  readonly #subscribers = new Map<RheaSender, SubscriberLink>();
  #pumpScheduled = false;

  constructor(session: RheaSession, owner: SessionOwner) {
    this.#session = session;
    this.#owner = owner;
    this.#window = new SendWindow(session, owner.socket);
    session.local.begin.handle_max = owner.broker.limits.maxLinks - 1;
  }

  get linkCount(): number {
    return this.#topics.size;
  }

  /** AMQP 1.0, part 2.7.3. Decides at once: rhea answers on the next tick. */
  onAttach(frame: Frame<AttachFields>, pass: () => void): void {
    const { performative } = frame;
    const { name, handle, role, source, target, snd_settle_mode, rcv_settle_mode } = performative;
    // A sender and a receiver may have the same name (AMQP 1.0, part 2.6.1), which rhea takes for one link.
    performative.name = `${role ? "to" : "from"} ${name}`;
    this.#assertAttachable(performative, name);
    // rhea prints a warning about a terminus that it does not know.
    if (isCoordinator(target)) performative.target = undefined;
    pass();
    const link = this.#session.remote.handles[handle];
    if (link === undefined) throw new ProtocolFault("amqp:internal-error", "the attached link is missing");
    link.local.attach.name = name;
    // Nobody reads the attach again, and it may be large.
    link.remote.attach = {};
    const request = link.is_receiver() ? readTerminus(target, "target") : readTerminus(source, "source");
    const topic = request.kind === "topic" ? this.#enterTopic(request.address) : request.error;
    if ("condition" in topic) return this.#refuse(link, topic);
    this.#topics.set(link, topic);
    this.#owner.broker.tally.links++;
    const { attach } = link.local;
    if (source?.descriptor !== undefined) attach.source = supportedPart(source);
    if (target?.descriptor !== undefined) attach.target = supportedPart(target);
    // The answer leaves on this tick, and the link keeps it for ever.
    process.nextTick(() => (attach.source = attach.target = undefined));
    attach.snd_settle_mode = snd_settle_mode ?? 2;
    if (link.is_receiver()) {
      attach.max_message_size = this.#owner.broker.limits.maxMessageBytes;
      this.#publishers.set(link, new PublisherLink(link, topic, this.#owner.broker));
    } else {
      attach.rcv_settle_mode = rcv_settle_mode ?? 0;
      this.#subscribe(link, name, topic);
    }
  }

  /** AMQP 1.0, part 2.7.4. */
  onFlow(frame: Frame<FlowFields>, pass: () => void): void {
    const { performative } = frame;
    const link = typeof performative.handle === "number" ? this.#linkOf(performative.handle) : undefined;
    const subscriber = link === undefined || link.is_receiver() ? undefined : this.#subscribers.get(link);
    // A publisher has it in the answer to a drain alone, and the broker does not drain; rhea would print an error.
    if (link?.is_receiver() === true) performative.drain = false;
    if (subscriber === undefined) pass();
    else subscriber.onFlow(performative, pass);
    this.pump();
  }

  /** AMQP 1.0, part 2.7.5. */
  onTransfer(frame: Frame<TransferFields>, pass: () => void): void {
    const link = this.#linkOf(frame.performative.handle);
    const publisher = link.is_receiver() ? this.#publishers.get(link) : undefined;
    if (publisher === undefined) throw new ProtocolFault("amqp:not-allowed", "a transfer came on a consumer's link");
    publisher.onTransfer(frame, pass);
  }

  /** AMQP 1.0, part 2.7.6. rhea counts through all deliveries that are named, and takes old ones for others. */
  onDisposition(frame: Frame<DispositionFields>, pass: () => void): void {
    const { performative } = frame;
    // The broker settles what it receives at once, so there is nothing more to say about it.
    if (!performative.role) return;
    const { outgoing } = this.#session;
    const oldest = outgoing.deliveries.get_head()?.id ?? outgoing.next_pending_delivery;
    const first = Math.max(performative.first, oldest);
    const last = Math.min(performative.last ?? performative.first, outgoing.next_pending_delivery - 1);
    if (first > last) return;
    // rhea prints an error about a state that is null instead of left out.
    if (performative.state?.descriptor === undefined) performative.value[DISPOSITION_STATE] = undefined;
    performative.first = first;
    performative.last = last;
    pass();
  }

  /** AMQP 1.0, part 2.7.7. A detached subscription does not come back, so it ends like a closed one. */
  onDetach(frame: Frame<DetachFields>, pass: () => void): void {
    const { handle } = frame.performative;
    const link = this.#linkOf(handle);
    this.takeOutcomes();
    this.#drop(link);
    pass();
    // The client may use the handle again at once. rhea never frees it.
    delete this.#session.remote.handles[handle];
    // The same goes for the name once both ends are detached; rhea frees it later, and with it a link that has it by then.
    if (!link.is_itself_closed() || !link.state.has_settled()) return;
    link.remove();
    link.remove = () => {};
  }

  /** A complete message came on one of the links. */
  onMessage(link: RheaReceiver, bytes: Buffer, delivery: RheaDelivery): void {
    this.#publishers.get(link)?.onMessage(bytes, delivery);
  }

  /** A consumer said what became of a delivery. */
  onOutcome(link: RheaSender, delivery: RheaDelivery, outcome: Outcome): void {
    this.#subscribers.get(link)?.onOutcome(delivery, outcome);
    // A settled delivery makes room for the other links of the session, once rhea has forgotten it.
    this.#pumpLater();
  }

  /** Hears now what rhea would tell on the next tick, when the links may be gone. */
  takeOutcomes(): void {
    this.#session.outgoing.process();
  }

  /** Sends what can be sent on all links. The one that had its turn goes to the end of the row. */
  pump(): void {
    for (const [link, subscriber] of [...this.#subscribers]) {
      if (subscriber.pump() === "done") continue;
      this.#subscribers.delete(link);
      this.#subscribers.set(link, subscriber);
      this.#pumpLater();
    }
  }

  /** Ends all links: the session or the connection is gone. */
  dispose(): void {
    for (const link of [...this.#topics.keys()]) this.#drop(link);
  }

  #assertAttachable({ name: key, handle }: AttachFields, name: string): void {
    const { maxLinks } = this.#owner.broker.limits;
    if (handle >= maxLinks) {
      throw new ProtocolFault("amqp:connection:framing-error", `handle is ${handle}; the largest is ${maxLinks - 1}`);
    }
    if (handle in this.#session.remote.handles) {
      throw new ProtocolFault("amqp:session:handle-in-use", `handle ${handle} is in use`);
    }
    if (this.#owner.linkCount >= maxLinks) {
      throw new ProtocolFault(
        "amqp:resource-limit-exceeded",
        `the connection has ${maxLinks} links, the limit (maxLinks)`,
      );
    }
    if (name === "" || name.length > MAX_NAME_LENGTH) {
      throw new ProtocolFault("amqp:invalid-field", `a link's name must have 1 to ${MAX_NAME_LENGTH} characters`);
    }
    if (key in this.#session.links) {
      throw new ProtocolFault("amqp:not-allowed", `a link named ${shown(name)} is attached already in that direction`);
    }
  }

  #enterTopic(address: string): Topic | AmqpError {
    const { topics, limits } = this.#owner.broker;
    return (
      topics.enter(address) ?? {
        condition: "amqp:resource-limit-exceeded",
        description: `there are ${limits.maxTopics} topics, the limit (maxTopics)`,
      }
    );
  }

  /** An attach without source and target, then a detach with the reason (AMQP 1.0, part 2.6.3). */
  #refuse(link: RheaLink, error: AmqpError): void {
    this.#topics.set(link, undefined);
    if (link.is_receiver()) this.#publishers.set(link, new PublisherLink(link, undefined, this.#owner.broker));
    link.close(error);
  }

  #subscribe(link: RheaSender, linkName: string, topic: Topic): void {
    const { limits, tally } = this.#owner.broker;
    const container = this.#session.connection.remote.open?.container_id ?? "";
    const name = `${shown(linkName)} of container ${shown(container)} on ${shown(topic.address)}`;
    const subscription = new Subscription(name, limits, tally);
    const subscriber = new SubscriberLink(link, subscription, this.#window);
    const guarded = (send: () => "done" | "later"): void =>
      this.#owner.guard(() => {
        if (send() === "later") this.#pumpLater();
      });
    subscription.onReady = () => guarded(() => subscriber.pump());
    this.#subscribers.set(link, subscriber);
    topic.subscribe(subscription);
    process.nextTick(() => guarded(() => subscriber.start()));
  }

  #drop(link: RheaLink): void {
    const topic = this.#topics.get(link);
    this.#topics.delete(link);
    if (link.is_receiver()) {
      this.#publishers.get(link)?.dispose();
      this.#publishers.delete(link);
    } else {
      const subscriber = this.#subscribers.get(link);
      this.#subscribers.delete(link);
      if (subscriber !== undefined) topic?.unsubscribe(subscriber.subscription);
      subscriber?.dispose();
    }
    if (topic === undefined) return;
    this.#owner.broker.topics.leave(topic);
    this.#owner.broker.tally.links--;
  }

  #linkOf(handle: number): RheaLink {
    const link = this.#session.remote.handles[handle];
    if (link === undefined || !this.#topics.has(link)) {
      throw new ProtocolFault("amqp:session:unattached-handle", `handle ${handle} is not attached`);
    }
    return link;
  }

  #pumpLater(): void {
    if (this.#pumpScheduled) return;
    this.#pumpScheduled = true;
    setImmediate(() => {
      this.#pumpScheduled = false;
      this.#owner.guard(() => this.pump());
    });
  }
}

function shown(name: string): string {
  return JSON.stringify(name.length > MAX_SHOWN_LENGTH ? `${name.slice(0, MAX_SHOWN_LENGTH)}…` : name);
}
