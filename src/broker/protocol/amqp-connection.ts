import { messageOf } from "../../errors.ts";
import { MemoryBudget } from "../node/memory-budget.ts";
import type { BrokerContext } from "./broker-context.ts";
import type { ClientSocket } from "./client-socket.ts";
import { checkOpen, MIN_MAX_FRAME_SIZE } from "./check-open.ts";
import { FieldReader } from "./codec/field-reader.ts";
import { Scanner } from "./codec/scanner.ts";
import { EndedSessions } from "./ended-sessions.ts";
import { EndListeners } from "./end-listeners.ts";
import type { ConnectionInfo } from "./connection-info.ts";
import { encodeBegin, encodeEnding, encodeOpen } from "./connection-answers.ts";
import { frameBody } from "./frame-body.ts";
import { writeFrame, writeHeartbeat } from "./frame-writer.ts";
import { IdleWatch } from "./idle-watch.ts";
import { Output } from "./output.ts";
import { OutputAllowance } from "./output-allowance.ts";
import { peerOf } from "./peer.ts";
import * as performatives from "./performatives.ts";
import type { OpenFrame } from "./performatives.ts";
import { ProtocolFault, SessionFault } from "./protocol-fault.ts";
import type { AmqpError } from "./protocol-fault.ts";
import { Session } from "./session.ts";
import type { SessionOwner } from "./session.ts";
import type { Ticking } from "./tick-queue.ts";

/** "AMQP", protocol id 0, version 1.0.0. */
const AMQP_HEADER: Buffer = Buffer.from("AMQP\x00\x01\x00\x00", "latin1");
const FRAME_TYPE_AMQP = 0;

const SHUTTING_DOWN: AmqpError = Object.freeze({
  ...{ condition: "amqp:connection:forced", description: "the broker is shutting down" },
});

let connections = 0;

/** Who has logged in over a socket, and what to tell about it. */
export interface AmqpConnectionOptions {
  /** The name under which the client logged in. */
  readonly user: string;
  /** Called when the client has sent its `open`. */
  readonly onOpened: () => void;
}

/** The AMQP connection of a client that has logged in (AMQP 1.0, part 2.4). */
export class AmqpConnection implements SessionOwner, Ticking {
  readonly broker: BrokerContext;
  readonly output: Output;
  readonly budget: MemoryBudget;
  readonly #socket: ClientSocket;
  readonly #peer: string;
  readonly #options: AmqpConnectionOptions;
  readonly #scanner = new Scanner(AMQP_HEADER);
  readonly #fields = new FieldReader(this.#scanner);
  readonly #idle: IdleWatch;
  readonly #allowance: OutputAllowance;
  readonly #number: number = ++connections;
  readonly #connectedAt: number = Date.now();
  readonly #sessions = new Map<number, Session>();
  readonly #ends = new EndListeners();
  readonly #ended = new EndedSessions();
  #open: OpenFrame | undefined;
  #headerReceived = false;
  #openSent = false;
  #closeSent = false;
  #finished = false;
  #tickAsked = false;
  #ticks = 0;
  #hasSent = false;
  /** Whether links wait for the socket. */
  #wasFull = false;
  #killTimer: NodeJS.Timeout | undefined;

  constructor(broker: BrokerContext, socket: ClientSocket, options: AmqpConnectionOptions) {
    this.broker = broker;
    this.#socket = socket;
    this.#peer = peerOf(socket);
    this.#options = options;
    const { maxIncompleteBytes, maxMessageBytes, maxOutputBytes } = broker.limits;
    this.budget = new MemoryBudget(Math.max(maxIncompleteBytes, maxMessageBytes), broker.budget);
    this.#allowance = new OutputAllowance(maxOutputBytes, broker.budget);
    this.output = new Output(socket, () => this.tickLater());
    this.#idle = new IdleWatch({ silenceMs: broker.limits.idleTimeoutMs, onSilence: () => this.#endSilent() });
    socket.on("drain", () => this.#onDrain());
  }

  get info(): ConnectionInfo {
    const sessions = [...this.#sessions.values()];
    return {
      ...{ id: this.#number, user: this.#options.user, connectedAt: this.#connectedAt, sessions: sessions.length },
      ...{ containerId: this.#open?.containerId, unreadBytes: this.output.backlog },
      links: sessions.flatMap(({ links }) => links),
    };
  }

  /** Whether what still comes from the client is of no interest. */
  get ended(): boolean {
    return this.#finished;
  }

  get linkCount(): number {
    let count = 0;
    for (const session of this.#sessions.values()) count += session.linkCount;
    return count;
  }

  get maxFrameSize(): number {
    return Math.min(this.#open?.maxFrameSize ?? MIN_MAX_FRAME_SIZE, this.broker.limits.maxFrameBytes);
  }

  get identity(): SessionOwner["identity"] {
    return { containerId: this.#open?.containerId ?? "", user: this.#options.user, connection: this.#number };
  }

  onEnd(listener: () => void): () => void {
    return this.#ends.add(listener);
  }

  canWrite(): boolean {
    if (this.#allowance.covers(this.output.backlog)) return true;
    this.#wasFull = true;
    return false;
  }

  /** Something came from the client. */
  received(): void {
    this.#idle.received();
  }

  /**
   * Takes the protocol header and then frames, one at a time.
   *
   * @throws ProtocolFault when it is not what it should be
   */
  receive(unit: Buffer): void {
    if (this.#headerReceived) return this.#onFrame(unit);
    if (!unit.equals(AMQP_HEADER)) {
      throw new ProtocolFault("amqp:connection:framing-error", "after the login the header of AMQP 1.0.0 is expected");
    }
    this.#headerReceived = true;
    this.#writeHeader();
  }

  /** Ends the connection because of what came over it. */
  fail(error: unknown): void {
    if (this.#finished) return;
    this.broker.tally.faults++;
    const told = error instanceof ProtocolFault ? error.error : internalError(error);
    this.report("the connection was ended", told);
    this.#finish(told);
  }

  /** Asks the client to close; it answers, and the socket ends. */
  shutDown(reason: AmqpError = SHUTTING_DOWN): void {
    if (this.#finished || this.#closeSent) return;
    this.#dropSessions();
    this.#sendClose(reason);
    this.#killTimer = setTimeout(() => this.#socket.destroy(), this.broker.limits.closeTimeoutMs);
  }

  /** Ends all sessions and links. The connection cannot be used afterwards. */
  dispose(): void {
    this.#finished = true;
    clearTimeout(this.#killTimer);
    this.#idle.stop();
    this.#allowance.shrink(0);
    this.#dropSessions();
  }

  /** What a hook says of a message is not repeated: it may quote the body. */
  report(what: string, { condition, description }: AmqpError): void {
    const reason = condition.startsWith("amqp:") ? `: ${description}` : "";
    const level = condition === "amqp:internal-error" ? "error" : "warning";
    const user = JSON.stringify(this.#options.user);
    this.broker.log.report(condition, `user ${user}: ${what}${reason}`, this.#peer, level);
  }

  guard(action: () => void): void {
    try {
      action();
    } catch (error) {
      this.fail(error);
    }
  }

  tickLater(): void {
    if (this.#tickAsked) return;
    this.#tickAsked = true;
    this.broker.ticks.add(this);
  }

  tick(): void {
    this.#tickAsked = false;
    this.guard(() => {
      for (const session of this.#sessionsInTurn()) session.tick();
    });
    if (this.output.unflushed > 0) this.#hasSent = true;
    this.output.flush();
    if (this.#finished) return;
    // What still comes would cause more that nobody reads.
    if (!this.#allowance.covers(this.output.backlog)) this.#socket.pause();
    else if (this.#wasFull && !this.#socket.writableNeedDrain) this.#unblock();
    if (!this.#socket.writableNeedDrain) this.#allowance.shrink(this.output.backlog);
  }

  /** Each time another one is the first: the last ones may find the socket full. */
  #sessionsInTurn(): readonly Session[] {
    const sessions = [...this.#sessions.values()];
    if (sessions.length < 2) return sessions;
    const first = ++this.#ticks % sessions.length;
    return [...sessions.slice(first), ...sessions.slice(0, first)];
  }

  #onFrame(frame: Buffer): void {
    const body = frameBody(frame, FRAME_TYPE_AMQP);
    // A frame without a body is a heartbeat.
    if (body === frame.length) return;
    this.#scanner.reset(frame, body);
    const code = this.#scanner.descriptor();
    // Nothing may be answered between a close and the client's own.
    if (this.#closeSent && code !== performatives.CLOSE) return;
    const channel = frame.readUInt16BE(6);
    if (code === performatives.OPEN) return this.#onOpen();
    if (code === performatives.CLOSE) return this.#onClose();
    if (this.#open === undefined) throw new ProtocolFault("amqp:illegal-state", "a frame came before open");
    if (code === performatives.BEGIN) return this.#onBegin(channel);
    this.#onSessionFrame(code, channel, frame);
  }

  #onSessionFrame(code: number, channel: number, frame: Buffer): void {
    const session = this.#sessions.get(channel);
    if (session === undefined) return this.#ended.discard(channel, code);
    try {
      this.#dispatch(code, session, frame);
    } catch (error) {
      if (!(error instanceof SessionFault)) throw error;
      this.#endSession(channel, session, error.error);
    }
  }

  #dispatch(code: number, session: Session, frame: Buffer): void {
    const fields = this.#fields;
    switch (code) {
      case performatives.TRANSFER: {
        const transfer = performatives.readTransfer(fields);
        return session.onTransfer(transfer, frame.subarray(this.#scanner.position));
      }
      case performatives.DISPOSITION:
        return session.onDisposition(this.#complete(performatives.readDisposition(fields)));
      case performatives.FLOW:
        return session.onFlow(this.#complete(performatives.readFlow(fields)));
      case performatives.ATTACH:
        return session.onAttach(this.#complete(performatives.readAttach(fields)));
      case performatives.DETACH:
        return session.onDetach(this.#complete(performatives.readDetach(fields)));
      case performatives.END:
        this.#complete(performatives.readEnding(fields, "end"));
        return this.#onEnd(session);
      default:
        throw new ProtocolFault("amqp:decode-error", `the descriptor 0x${code.toString(16)} is not expected here`);
    }
  }

  /** Transfers alone have something behind their fields. */
  #complete<T>(performative: T): T {
    if (this.#scanner.done) return performative;
    throw new ProtocolFault("amqp:decode-error", "a frame that is no transfer has a payload");
  }

  /** AMQP 1.0, part 2.7.1. */
  #onOpen(): void {
    const open = this.#complete(performatives.readOpen(this.#fields));
    if (this.#open !== undefined) throw new ProtocolFault("amqp:illegal-state", "open came a second time");
    checkOpen(open);
    this.#open = open;
    this.#sendOpen();
    if (open.idleTimeOut > 0) this.#startHeartbeats(open.idleTimeOut);
    this.#options.onOpened();
  }

  /** AMQP 1.0, part 2.7.2. The answer comes on the same channel. */
  #onBegin(channel: number): void {
    const { maxSessions } = this.broker.limits;
    const begin = this.#complete(performatives.readBegin(this.#fields));
    if (begin.remoteChannel !== undefined) {
      throw new ProtocolFault("amqp:not-allowed", "a begin answers one that this broker never sent");
    }
    const largest = Math.min(maxSessions - 1, this.#open?.channelMax ?? 0);
    if (channel > largest) {
      throw new ProtocolFault("amqp:connection:framing-error", `channel is ${channel}; the largest is ${largest}`);
    }
    if (this.#sessions.has(channel) || this.#ended.has(channel)) {
      throw new ProtocolFault("amqp:not-allowed", `channel ${channel} has a session already`);
    }
    this.#sessions.set(channel, new Session(channel, begin, this));
    writeFrame(this.output, channel, encodeBegin(channel, begin, this.broker));
  }

  #onEnd(session: Session): void {
    this.#sessions.delete(session.channel);
    session.flushDispositions();
    session.dispose("session-end");
    writeFrame(this.output, session.channel, encodeEnding(performatives.END, undefined));
  }

  #endSession(channel: number, session: Session, error: AmqpError): void {
    this.report("a session was ended", error);
    this.#sessions.delete(channel);
    this.#ended.add(channel);
    session.flushDispositions();
    session.dispose("session-end");
    writeFrame(this.output, channel, encodeEnding(performatives.END, error));
  }

  /** AMQP 1.0, part 2.7.9. */
  #onClose(): void {
    this.#complete(performatives.readEnding(this.#fields, "close"));
    for (const session of this.#sessions.values()) session.flushDispositions();
    this.dispose();
    if (!this.#closeSent) this.#sendClose(undefined);
    this.#endSocket();
  }

  #endSilent(): void {
    this.broker.tally.faults++;
    const error = { condition: "amqp:resource-limit-exceeded", description: "max idle time exceeded" };
    this.report("the connection was ended", error);
    this.#finish(error);
  }

  #finish(error: AmqpError): void {
    if (this.#finished) return;
    this.dispose();
    if (!this.#closeSent) this.#sendClose(error);
    this.#endSocket();
  }

  #endSocket(): void {
    this.output.flush();
    this.#socket.end();
    if (!this.#socket.closed) {
      this.#killTimer = setTimeout(() => this.#socket.destroy(), this.broker.limits.closeTimeoutMs);
      this.#socket.once("close", () => clearTimeout(this.#killTimer));
    }
  }

  /** A close must follow a header and an open (AMQP 1.0, part 2.4.1). */
  #sendClose(error: AmqpError | undefined): void {
    if (!this.#headerReceived) this.#writeHeader();
    this.#headerReceived = true;
    this.#sendOpen();
    this.#closeSent = true;
    writeFrame(this.output, 0, encodeEnding(performatives.CLOSE, error));
  }

  #sendOpen(): void {
    if (this.#openSent) return;
    this.#openSent = true;
    writeFrame(this.output, 0, encodeOpen(this.broker));
  }

  #writeHeader(): void {
    this.output.append(AMQP_HEADER, 0, AMQP_HEADER.length);
  }

  #startHeartbeats(timeoutMs: number): void {
    const hasSent = (): boolean => {
      const sent = this.#hasSent;
      this.#hasSent = false;
      return sent;
    };
    this.#idle.startHeartbeats(timeoutMs, hasSent, () => writeHeartbeat(this.output));
  }

  #onDrain(): void {
    this.#socket.resume();
    this.#allowance.shrink(this.output.backlog);
    this.#unblock();
  }

  #unblock(): void {
    this.#wasFull = false;
    for (const session of this.#sessions.values()) session.unblock();
  }

  #dropSessions(): void {
    for (const session of this.#sessions.values()) session.dispose("connection-close");
    this.#sessions.clear();
    this.#ended.clear();
    this.#ends.end();
  }
}

function internalError(error: unknown): AmqpError {
  return { condition: "amqp:internal-error", description: messageOf(error) };
}
