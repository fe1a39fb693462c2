import type { Outcome } from "../node/subscription.ts";
import type { BrokerContext } from "./broker-context.ts";
import { checkFrame } from "./check-frame.ts";
import { ProtocolFault } from "./protocol-fault.ts";
import type { AmqpError } from "./protocol-fault.ts";
import type {
  BeginFields,
  Frame,
  FrameHandlers,
  OpenFields,
  RheaConnection,
  RheaEvent,
  RheaSession,
} from "./rhea-internals.ts";
import type { RheaSocket } from "./rhea-socket.ts";
import { ServedSession } from "./served-session.ts";
import type { SessionOwner } from "./served-session.ts";

/** "AMQP", protocol id 0, version 1.0.0. */
const AMQP_HEADER: Buffer = Buffer.from("AMQP\x00\x01\x00\x00", "latin1");
/** The smallest max-frame-size that a peer may have (AMQP 1.0, part 2.3). */
const MIN_MAX_FRAME_SIZE = 512;
/** Heartbeats more often than twice in that many ms would be work without use. */
const MIN_IDLE_TIMEOUT_MS = 100;

/** Events of rhea that tell nothing which the frames did not; without a listener rhea prints or throws some of them. */
const QUIET_EVENTS: readonly string[] = [
  "disconnected",
  "connection_error",
  "session_error",
  "sender_error",
  "receiver_error",
];

/** The AMQP connection of a client that has logged in: rhea's state machine, and what it does not check. */
export class AmqpConnection implements SessionOwner {
  readonly broker: BrokerContext;
  readonly socket: RheaSocket;
  readonly #rhea: RheaConnection;
  readonly #onOpened: () => void;
  readonly #sessions = new Map<RheaSession, ServedSession>();
  #headerReceived = false;
  #shuttingDown = false;
  #ended = false;

  /** @param onOpened called when the client has sent its `open` */
  constructor(broker: BrokerContext, socket: RheaSocket, onOpened: () => void) {
    this.broker = broker;
    this.socket = socket;
    this.#onOpened = onOpened;
    this.#rhea = broker.container.create_connection(connectionOptions(broker));
    this.#interceptFrames();
    this.#listen();
    this.#rhea.accept(socket);
    socket.on("drain", () => this.guard(() => this.#pumpAll()));
  }

  /** Whether what still comes from the client is of no interest. */
  get ended(): boolean {
    return this.#ended;
  }

  get linkCount(): number {
    return [...this.#sessions.values()].reduce((sum, session) => sum + session.linkCount, 0);
  }

  /**
   * Takes the protocol header and then frames, one at a time.
   *
   * @throws ProtocolFault when it is not what it should be
   */
  receive(unit: Buffer): void {
    if (this.#headerReceived) checkFrame(unit);
    else if (!unit.equals(AMQP_HEADER)) {
      throw new ProtocolFault("amqp:connection:framing-error", "after the login the header of AMQP 1.0.0 is expected");
    }
    this.#headerReceived = true;
    this.socket.emit("data", unit);
  }

  /** Ends the connection because of what came over it. */
  fail(error: unknown): void {
    if (this.#ended) return;
    this.broker.tally.faults++;
    if (error instanceof ProtocolFault) return this.#end({ condition: error.condition, description: error.message });
    // rhea found it; it names no condition.
    this.#end({ condition: "amqp:illegal-state", description: error instanceof Error ? error.message : String(error) });
  }

  /** Asks the client to close: it answers, and rhea ends the socket. */
  shutDown(): void {
    this.#shuttingDown = true;
    this.#dropSessions();
    this.#rhea.open();
    this.#rhea.close({ condition: "amqp:connection:forced", description: "the broker is shutting down" });
  }

  /** Ends all sessions and links. The connection cannot be used afterwards. */
  dispose(): void {
    this.#ended = true;
    this.#dropSessions();
  }

  guard(action: () => void): void {
    try {
      action();
    } catch (error) {
      this.fail(error);
    }
  }

  #dropSessions(): void {
    for (const session of this.#sessions.values()) session.dispose();
    this.#sessions.clear();
  }

  #end(error: AmqpError): void {
    this.dispose();
    // A close must follow an open (AMQP 1.0, part 2.4.1).
    this.#rhea.open();
    this.#rhea.close(error);
    this.socket.end();
  }

  /** Puts the checks between rhea's decoder and its state machine, on this one connection. */
  #interceptFrames(): void {
    this.#intercept("on_open", (frame, pass) => this.#onOpen(frame, pass));
    this.#intercept("on_begin", (frame, pass) => this.#onBegin(frame, pass));
    this.#intercept("on_attach", (frame, pass) => this.#sessionOf(frame).onAttach(frame, pass));
    this.#intercept("on_flow", (frame, pass) => this.#sessionOf(frame).onFlow(frame, pass));
    this.#intercept("on_transfer", (frame, pass) => this.#sessionOf(frame).onTransfer(frame, pass));
    this.#intercept("on_disposition", (frame, pass) => this.#sessionOf(frame).onDisposition(frame, pass));
    this.#intercept("on_detach", (frame, pass) => this.#sessionOf(frame).onDetach(frame, pass));
    this.#intercept("on_end", (frame, pass) => {
      const session = this.#sessionOf(frame);
      session.takeOutcomes();
      session.dispose();
      this.#sessions.delete(this.#rheaSessionOf(frame));
      pass();
      // The client may use the channel again at once; rhea frees it later.
      delete this.#rhea.remote_channel_map[frame.channel];
    });
    this.#intercept("on_close", (_frame, pass) => {
      for (const session of this.#sessions.values()) session.takeOutcomes();
      this.dispose();
      pass();
    });
  }

  #intercept<Name extends keyof FrameHandlers>(
    name: Name,
    check: (frame: FrameHandlers[Name], pass: () => void) => void,
  ): void {
    const rhea = this.#rhea as Record<Name, (frame: FrameHandlers[Name]) => void>;
    const original = rhea[name].bind(rhea);
    const always = name === "on_open" || name === "on_close";
    rhea[name] = (frame) => {
      // Nothing may be answered between a close and the client's own.
      if (always || !this.#shuttingDown) check(frame, () => original(frame));
    };
  }

  #listen(): void {
    const rhea = this.#rhea;
    for (const name of QUIET_EVENTS) rhea.on(name, () => {});
    for (const name of ["error", "protocol_error"]) rhea.on(name, (error: unknown) => this.fail(error));
    this.#on("message", ({ receiver, message, delivery }) =>
      this.#sessions.get(receiver.session)?.onMessage(receiver, message, delivery),
    );
    this.#onOutcome("accepted", () => ({ kind: "accepted" }));
    this.#onOutcome("rejected", () => ({ kind: "rejected" }));
    this.#onOutcome("released", () => ({ kind: "released" }));
    this.#onOutcome("modified", ({ delivery: { remote_state: state } }) => ({
      kind: "modified",
      deliveryFailed: Boolean(state?.delivery_failed),
      undeliverableHere: Boolean(state?.undeliverable_here),
    }));
    // Settled without an outcome: the consumer let go of the message and did not say that it handled it.
    this.#onOutcome("settled", () => ({ kind: "modified", deliveryFailed: true, undeliverableHere: false }));
  }

  #onOutcome(name: string, outcome: (event: RheaEvent) => Outcome): void {
    this.#on(name, (event) =>
      this.#sessions.get(event.sender.session)?.onOutcome(event.sender, event.delivery, outcome(event)),
    );
  }

  /** rhea calls some listeners where nobody catches what they throw. */
  #on(name: string, listener: (event: RheaEvent) => void): void {
    this.#rhea.on(name, (event: RheaEvent) => this.guard(() => listener(event)));
  }

  /** AMQP 1.0, part 2.7.1. */
  #onOpen({ performative }: Frame<OpenFields>, pass: () => void): void {
    const { max_frame_size: maxFrameSize, idle_time_out: idleTimeOut } = performative;
    if (typeof maxFrameSize === "number" && maxFrameSize < MIN_MAX_FRAME_SIZE) {
      throw new ProtocolFault(
        "amqp:invalid-field",
        `max-frame-size is ${maxFrameSize}; expected at least ${MIN_MAX_FRAME_SIZE}`,
      );
    }
    if (typeof idleTimeOut === "number" && idleTimeOut > 0 && idleTimeOut < MIN_IDLE_TIMEOUT_MS) {
      throw new ProtocolFault(
        "amqp:invalid-field",
        `idle-time-out is ${idleTimeOut} ms; expected 0 or at least ${MIN_IDLE_TIMEOUT_MS}`,
      );
    }
    pass();
    this.#onOpened();
  }

  /** AMQP 1.0, part 2.7.2. */
  #onBegin(frame: Frame<BeginFields>, pass: () => void): void {
    const { maxSessions } = this.broker.limits;
    this.#assertOpen();
    if (typeof frame.performative.remote_channel === "number") {
      throw new ProtocolFault("amqp:not-allowed", "a begin answers one that this broker never sent");
    }
    if (frame.channel >= maxSessions) {
      throw new ProtocolFault(
        "amqp:connection:framing-error",
        `channel is ${frame.channel}; the largest is ${maxSessions - 1}`,
      );
    }
    if (frame.channel in this.#rhea.remote_channel_map) {
      throw new ProtocolFault("amqp:not-allowed", `channel ${frame.channel} has a session already`);
    }
    pass();
    const session = this.#rheaSessionOf(frame);
    this.#sessions.set(session, new ServedSession(session, this));
  }

  #sessionOf(frame: Frame<unknown>): ServedSession {
    this.#assertOpen();
    const session = this.#sessions.get(this.#rheaSessionOf(frame));
    if (session === undefined) throw new ProtocolFault("amqp:not-allowed", `the session has ended`);
    return session;
  }

  #rheaSessionOf({ channel }: Frame<unknown>): RheaSession {
    const session = this.#rhea.remote_channel_map[channel];
    if (session === undefined) throw new ProtocolFault("amqp:not-allowed", `channel ${channel} has no session`);
    return session;
  }

  #assertOpen(): void {
    if (!this.#rhea.is_remote_open()) {
      throw new ProtocolFault("amqp:illegal-state", "a frame came before open, or after close");
    }
  }

  #pumpAll(): void {
    for (const session of this.#sessions.values()) session.pump();
  }
}

function connectionOptions({ limits, properties }: BrokerContext): object {
  return {
    properties,
    // The login is over; rhea would offer its own.
    disable_sasl: true,
    reconnect: false,
    max_frame_size: limits.maxFrameBytes,
    channel_max: limits.maxSessions - 1,
    // rhea closes after twice the time that it tells the client.
    idle_time_out: Math.floor(limits.idleTimeoutMs / 2),
    session_buffer_size: { outgoing: limits.maxUnsettled },
    sender_options: { treat_modified_as_released: false },
    receiver_options: { autoaccept: false, credit_window: 0 },
  };
}
