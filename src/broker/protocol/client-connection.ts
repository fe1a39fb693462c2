import { MAX_SASL_FRAME_BYTES, SaslLogin } from "../access/sasl-login.ts";
import type { LoginStep } from "../access/sasl-login.ts";
import { AmqpConnection } from "./amqp-connection.ts";
import type { BrokerContext } from "./broker-context.ts";
import type { ConnectionInfo } from "./connection-info.ts";
import type { ClientSocket } from "./client-socket.ts";
import { FrameReader } from "./frame-reader.ts";
import { peerOf } from "./peer.ts";
import { ProtocolFault } from "./protocol-fault.ts";
import type { AmqpError } from "./protocol-fault.ts";

/** UTF-16 code units of a name that a record shows. */
const MAX_SHOWN_LENGTH = 100;

/** One client's TCP or TLS connection, from its first byte to its end: login first, AMQP then. */
export class ClientConnection {
  /** Resolves when the socket is closed and everything behind it is cleaned up. */
  readonly ended: Promise<void>;
  readonly #socket: ClientSocket;
  /** While it is connected; a socket that is closed has forgotten it. */
  readonly #peer: string;
  readonly #broker: BrokerContext;
  readonly #reader = new FrameReader(MAX_SASL_FRAME_BYTES);
  readonly #login: SaslLogin;
  readonly #handshakeTimer: NodeJS.Timeout;
  /** Undefined until the login is over. */
  #amqp: AmqpConnection | undefined;
  #closeTimer: NodeJS.Timeout | undefined;
  /** Whether the login has failed: nothing more is read. */
  #turnedAway = false;
  /** What has come and is not read yet: not empty while a login takes its time. */
  readonly #queue: Iterator<Buffer>[] = [];
  /** Whether a login takes its time. */
  #isBusy = false;

  /** @param socket is destroyed when the client does not log in in time, or sends what it must not */
  constructor(socket: ClientSocket, broker: BrokerContext) {
    this.#socket = socket;
    this.#broker = broker;
    this.#login = new SaslLogin(broker.login, socket);
    this.#peer = peerOf(socket);
    this.#handshakeTimer = setTimeout(() => this.#giveUp(), broker.limits.handshakeTimeoutMs);
    socket.on("data", (bytes: Buffer) => this.#receive(bytes));
    // A reset is no news: "close" follows.
    socket.on("error", () => {});
    socket.on("end", () => this.#destroyInTime());
    this.ended = new Promise((resolve) => {
      socket.once("close", () => {
        this.#onClose();
        resolve();
      });
    });
  }

  /** Ends the connection in good order, as far as the client plays along. */
  shutDown(reason?: AmqpError): void {
    if (this.#amqp === undefined) this.#socket.destroy();
    else this.#amqp.shutDown(reason);
  }

  get isLoggedIn(): boolean {
    return this.#amqp !== undefined;
  }

  /** Who has logged in; undefined before. */
  get user(): string | undefined {
    return this.#amqp?.identity.user;
  }

  /** Undefined until the login is over. */
  get info(): ConnectionInfo | undefined {
    return this.#amqp?.info;
  }

  #receive(bytes: Buffer): void {
    this.#amqp?.received();
    this.#queue.push(this.#reader.read(bytes));
    this.#work();
  }

  #work(): void {
    try {
      for (let units = this.#queue[0]; units !== undefined && !this.#isBusy; units = this.#queue[0]) {
        const next = units.next();
        if (next.done === true) this.#queue.shift();
        else if (this.#turnedAway || this.#amqp?.ended === true) this.#queue.length = 0;
        else if (this.#amqp === undefined) this.#logIn(next.value);
        else this.#amqp.receive(next.value);
      }
    } catch (error) {
      this.#fail(error);
    }
  }

  #logIn(unit: Buffer): void {
    const step = this.#login.receive(unit);
    if (!(step instanceof Promise)) return this.#answer(step);
    this.#isBusy = true;
    this.#socket.pause();
    void step
      .then((later) => {
        this.#isBusy = false;
        if (this.#socket.destroyed) return;
        this.#socket.resume();
        this.#answer(later);
        this.#work();
      })
      .catch((error: unknown) => this.#fail(error));
  }

  #answer(step: LoginStep): void {
    this.#socket.write(step.reply);
    if (step.state === "continue") return;
    if (step.state === "accepted") return this.#startAmqp(step.user);
    if (step.state === "wrong-protocol") {
      this.#broker.tally.faults++;
      this.#report("amqp:connection:framing-error", "the first bytes are not those of a login (SASL)");
    } else {
      this.#broker.tally.failedLogins++;
      const who = step.user === undefined ? "" : ` of user ${JSON.stringify(step.user.slice(0, MAX_SHOWN_LENGTH))}`;
      const why = step.state === "throttled" ? "was refused, because too many have failed" : "failed";
      this.#report("xqbus:authentication-failed", `a login${who} ${why}`);
    }
    this.#turnedAway = true;
    this.#socket.destroySoon();
  }

  #startAmqp(user: string): void {
    this.#reader.maxFrameBytes = this.#broker.limits.maxFrameBytes;
    this.#broker.tally.connections++;
    const onOpened = (): void => clearTimeout(this.#handshakeTimer);
    this.#amqp = new AmqpConnection(this.#broker, this.#socket, { user, onOpened });
  }

  #fail(error: unknown): void {
    if (this.#amqp !== undefined) return this.#amqp.fail(error);
    this.#broker.tally.faults++;
    if (error instanceof ProtocolFault) this.#report(error.condition, error.message);
    else this.#broker.log.report("xqbus:internal", String(error), this.#peer, "error");
    this.#turnedAway = true;
    this.#socket.destroy();
  }

  #giveUp(): void {
    this.#report("xqbus:timeout", `no login and open within ${this.#broker.limits.handshakeTimeoutMs} ms`);
    this.#socket.destroy();
  }

  #report(code: string, message: string): void {
    this.#broker.log.report(code, message, this.#peer);
  }

  /** The client has closed its side; what it does not read any more shall not keep the connection. */
  #destroyInTime(): void {
    this.#closeTimer ??= setTimeout(() => this.#socket.destroy(), this.#broker.limits.closeTimeoutMs);
  }

  #onClose(): void {
    clearTimeout(this.#handshakeTimer);
    clearTimeout(this.#closeTimer);
    if (this.#amqp === undefined) return;
    this.#amqp.dispose();
    this.#broker.tally.connections--;
  }
}
