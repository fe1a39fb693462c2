import { randomUUID } from "node:crypto";
import { once } from "node:events";
import type { Socket } from "node:net";
import rhea, { type Connection, type EventContext, type Receiver, type Session } from "rhea";
import type { XqbusError } from "../errors.ts";
import { closedByBroker, inWords, peerError, protocolViolation, socketLost, type Stage } from "./connection-errors.ts";
import type { Deadline } from "./deadline.ts";
import { chooseDialect, dialectNamed, type BrokerProperties, type Dialect } from "./dialects/index.ts";
import { NotConnectedError, RefusedError } from "./errors.ts";
import { FrameGuard } from "./frame-guard.ts";
import type { CheckedConnectOptions } from "./options.ts";
import type { TransferFault } from "./incoming-delivery.ts";
import { createSession, guardLogin, guardSession, joinWrites } from "./rhea-internals.ts";
import { SASL_MECHANISMS, saslMechanisms } from "./sasl.ts";
import { openSocket } from "./socket.ts";
import { hostAndPort, type BusUrl } from "./url.ts";

/** The largest frame that the broker may send; a larger message comes in several. */
const MAX_FRAME_SIZE = 256 * 1024;
/** For the broker's answer to our close frame. */
const GOODBYE_TIMEOUT_MS = 1_000;
/** rhea keeps this many deliveries of a session until the oldest is settled; it stops reading when they are full. */
const SESSION_BUFFER = 2_048;

/** What the link on the connection needs. */
export interface SessionLimits {
  /** Messages that a receiver may hold unsettled. */
  readonly prefetch: number;
  /** A larger message is received and not kept. */
  readonly maxMessageBytes: number;
}

/**
 * One connection with one session for one link, over one socket. It never reconnects: a lost one is thrown away, and
 * {@link ReconnectingConnection} makes another.
 *
 * Whatever ends it (the socket, the broker's close or end, a protocol violation, silence) calls the listeners of
 * {@link BusConnection.onLost} once; {@link BusConnection.close} calls nobody.
 */
export class BusConnection {
  readonly url: BusUrl;
  readonly session: Session;
  /** Asks what is wrong with the message that a receiver got last. */
  readonly faultOf: (receiver: Receiver) => TransferFault | undefined;
  readonly #socket: Socket;
  readonly #connection: Connection;
  readonly #givenDialect: Dialect | undefined;
  readonly #hasCertificate: boolean;
  readonly #lostListeners: Set<(error: XqbusError) => void> = new Set();
  #stage: Stage = "silent";
  #ended: XqbusError | undefined;

  /**
   * Connects, logs in and opens. Whether the broker keeps the connection shows only when a link is attached: some answer
   * open first and close then.
   *
   * @throws NotConnectedError, AuthenticationError, CertificateError, RefusedError, TimeoutError, AbortedError
   */
  static async open(
    url: BusUrl,
    options: CheckedConnectOptions,
    limits: SessionLimits,
    deadline: Deadline,
  ): Promise<BusConnection> {
    const dialect = options.dialect === undefined ? undefined : dialectNamed(options.dialect);
    const vhost = options.vhost ?? url.vhost;
    const hostname = hostnameOf(vhost, dialect);
    const connection = await BusConnection.#open(url, options, limits, dialect, hostname, deadline);
    // Who the broker is, and so how it writes virtual hosts, shows only in its open frame.
    const itsHostname = hostnameOf(vhost, connection.dialect);
    if (itsHostname === hostname) return connection;
    await connection.close();
    return BusConnection.#open(url, options, limits, dialect, itsHostname, deadline);
  }

  static async #open(
    url: BusUrl,
    options: CheckedConnectOptions,
    limits: SessionLimits,
    dialect: Dialect | undefined,
    hostname: string | undefined,
    deadline: Deadline,
  ): Promise<BusConnection> {
    const socket = await openSocket(url, options.tls ?? {}, deadline);
    const connection = new BusConnection(url, options, limits, dialect, hostname, socket);
    await connection.wait(deadline, (resolve) => {
      connection.#connection.once("connection_open", () => {
        connection.#stage = "open";
        resolve();
      });
    });
    return connection;
  }

  private constructor(
    url: BusUrl,
    options: CheckedConnectOptions,
    limits: SessionLimits,
    dialect: Dialect | undefined,
    hostname: string | undefined,
    socket: Socket,
  ) {
    this.url = url;
    this.#socket = socket;
    this.#givenDialect = dialect;
    this.#hasCertificate = options.tls?.cert !== undefined;
    this.#watchSocket();
    this.#connection = this.#start(options, hostname);
    this.session = createSession(this.#connection, {
      incoming: Math.max(SESSION_BUFFER, 2 * limits.prefetch),
      outgoing: SESSION_BUFFER,
    });
    this.faultOf = guardSession(this.session, limits.maxMessageBytes);
    this.session.begin();
  }

  /** How this broker names topics: option `dialect`, or by what the broker says of itself. */
  get dialect(): Dialect {
    return this.#givenDialect ?? chooseDialect(this.properties);
  }

  /** What the broker says of itself. */
  get properties(): BrokerProperties {
    const properties: unknown = this.#connection.properties;
    return typeof properties === "object" && properties !== null ? (properties as BrokerProperties) : {};
  }

  /** Host and port, for messages. */
  get place(): string {
    return hostAndPort(this.url);
  }

  /** Why there is no connection any more, or undefined while there is one. */
  get ended(): XqbusError | undefined {
    return this.#ended;
  }

  /** Calls `listener` when the connection is lost, at once if it already is. Returns a function that takes it away. */
  onLost(listener: (error: XqbusError) => void): () => void {
    if (this.#ended === undefined) this.#lostListeners.add(listener);
    else listener(this.#ended);
    return () => this.#lostListeners.delete(listener);
  }

  /**
   * Waits for one step of the opening. When it fails, the connection is lost or the time is up, the connection is gone.
   *
   * @param begin registers listeners and starts what is waited for
   */
  async wait(
    deadline: Deadline,
    begin: (resolve: () => void, reject: (error: XqbusError) => void) => void,
  ): Promise<void> {
    const forget: (() => void)[] = [];
    try {
      await new Promise<void>((resolve, reject) => {
        const fail = (error: XqbusError): void => {
          reject(error);
          this.abandon(error);
        };
        begin(resolve, fail);
        forget.push(this.onLost(reject), deadline.onEnd(fail));
      });
    } finally {
      for (const each of forget) each();
    }
  }

  /** Gives the connection up because of an error on its session or link; the listeners hear of it as of a loss. */
  abandon(error: XqbusError): void {
    if (this.#end(error)) void this.#sayGoodbye();
  }

  /** Closes in order, and by force when the broker does not answer within a second. Idempotent. */
  async close(): Promise<void> {
    this.#lostListeners.clear();
    if (this.#end(new NotConnectedError(`the connection to ${this.place} was closed`))) await this.#sayGoodbye();
  }

  #watchSocket(): void {
    const guard = new FrameGuard(MAX_FRAME_SIZE);
    this.#socket.on("data", (bytes: Buffer) => {
      const problem = guard.check(bytes);
      if (problem !== undefined) this.#lose(new NotConnectedError(`${this.place} ${problem}`));
      else if (this.#stage === "silent") this.#stage = "login";
    });
    this.#socket.on("close", () => this.#lose(socketLost(this.url, this.#stage, undefined)));
  }

  #start(options: CheckedConnectOptions, hostname: string | undefined): Connection {
    const container = rhea.create_container({
      id: options.containerId ?? `xqbus-${randomUUID()}`,
      sasl_mechanisms: saslMechanisms(this.url, this.#hasCertificate, options.sasl),
      non_fatal_errors: [],
    });
    container.on("error", (error: unknown) => this.#lose(protocolViolation(this.url, error)));
    container.on("protocol_error", (error: unknown) => this.#lose(protocolViolation(this.url, error)));
    container.on("disconnected", (context: EventContext) => {
      this.#lose(socketLost(this.url, this.#stage, context.error));
    });
    container.on("connection_close", (context: EventContext) => {
      const error = peerError(context.error);
      this.abandon(closedByBroker(this.url, this.#stage, error, this.#hasCertificate));
    });
    container.on("session_close", () => {
      const error = peerError(this.session.error);
      this.abandon(new RefusedError(`the broker at ${this.place} ended the session: ${inWords(error)}`, error));
    });
    const connection = container.connect({
      host: this.url.host,
      port: this.url.port,
      hostname: hostname ?? options.tls?.serverName ?? this.url.host,
      ...(hostname === undefined ? {} : { sasl_init_hostname: hostname }),
      reconnect: false,
      max_frame_size: MAX_FRAME_SIZE,
      ...(options.idleTimeoutMs === Infinity ? {} : { idle_time_out: options.idleTimeoutMs }),
      properties: { product: "xqbus" },
      connection_details: () => ({
        host: this.url.host,
        port: this.url.port,
        connect: (_port: number, _host: string, _options: unknown, connected: () => void) => {
          process.nextTick(connected);
          return this.#socket;
        },
      }),
    });
    guardLogin(connection, SASL_MECHANISMS);
    joinWrites(connection, this.#socket);
    return connection;
  }

  /** Nothing can be said to the broker any more. */
  #lose(error: XqbusError): void {
    if (this.#end(error)) this.#destroySocket();
  }

  #end(error: XqbusError): boolean {
    if (this.#ended !== undefined) return false;
    this.#ended = error;
    const listeners = [...this.#lostListeners];
    this.#lostListeners.clear();
    for (const listener of listeners) listener(error);
    return true;
  }

  async #sayGoodbye(): Promise<void> {
    if (this.#stage === "open" && !this.#socket.destroyed) {
      const patience = AbortSignal.timeout(GOODBYE_TIMEOUT_MS);
      this.#connection.close();
      await once(this.#socket, "close", { signal: patience }).catch(() => undefined);
    }
    this.#destroySocket();
  }

  /** With an error, because rhea clears its heartbeat timers at an error or end of the socket, not at its close. */
  #destroySocket(): void {
    this.#socket.destroy(new Error("the connection has ended"));
  }
}

/** The virtual host "/" is the default one of RabbitMQ, and none of other products. */
function hostnameOf(vhost: string | undefined, dialect: Dialect | undefined): string | undefined {
  return vhost === undefined || vhost === "/" ? undefined : (dialect?.hostnameOf?.(vhost) ?? vhost);
}
