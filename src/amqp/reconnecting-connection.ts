import { setTimeout as sleep } from "node:timers/promises";
import type { XqbusError } from "../errors.ts";
import { Backoff } from "./backoff.ts";
import { isFinal, isPermanentFault } from "./connection-errors.ts";
import type { ConnectionEvents, ConnectionStatus } from "./connection-events.ts";
import { BusConnection, type SessionLimits } from "./connection.ts";
import { Deadline } from "./deadline.ts";
import { NotConnectedError } from "./errors.ts";
import type { Listeners } from "./listeners.ts";
import type { CheckedConnectOptions } from "./options.ts";
import { reconnectOptions, type CheckedReconnectOptions } from "./reconnect-options.ts";
import { hostAndPort, type BusUrl } from "./url.ts";

/** Who uses the connection. It is told in this order: attach, up, down, attach, up, down, … and at last perhaps ended. */
export interface LinkUser<L> {
  /** Attaches the link on a new connection. */
  attach(connection: BusConnection, deadline: Deadline): Promise<L>;
  /** The link works. */
  up(link: L, connection: BusConnection): void;
  /** The connection of the link is gone. */
  down(error: XqbusError): void;
  /** A reason why it cannot be made again that will probably stay; each is told once. */
  fault(error: XqbusError): void;
  /** It will not be made again. */
  ended(error: XqbusError): void;
}

/**
 * Keeps one link to one of several brokers: connects, attaches, and does so again when the connection is lost, with growing pauses.
 *
 * The first connection is made by {@link ReconnectingConnection.start}; until it was there once, its failure is the caller's.
 */
export class ReconnectingConnection<L> {
  readonly #urls: readonly [BusUrl, ...BusUrl[]];
  readonly #places: readonly string[];
  readonly #options: CheckedConnectOptions;
  readonly #reconnect: CheckedReconnectOptions;
  readonly #limits: SessionLimits;
  readonly #user: LinkUser<L>;
  readonly #listeners: Listeners<ConnectionEvents>;
  readonly #backoff: Backoff;
  readonly #stop: AbortController = new AbortController();
  readonly #faults: Set<string> = new Set();
  #status: ConnectionStatus = "idle";
  #connection: BusConnection | undefined;
  #opening: Promise<void> | undefined;
  #reconnecting: Promise<void> | undefined;
  /** Index of the URL that is tried first. */
  #at = 0;
  #connectedAt = 0;
  #pauseMs = 0;

  constructor(
    urls: readonly [BusUrl, ...BusUrl[]],
    options: CheckedConnectOptions,
    limits: SessionLimits,
    user: LinkUser<L>,
    listeners: Listeners<ConnectionEvents>,
  ) {
    this.#urls = urls;
    this.#places = urls.map(hostAndPort);
    this.#options = options;
    this.#reconnect = reconnectOptions(options.reconnect === false ? {} : options.reconnect);
    this.#limits = limits;
    this.#user = user;
    this.#listeners = listeners;
    this.#backoff = new Backoff(this.#reconnect);
  }

  get status(): ConnectionStatus {
    return this.#status;
  }

  /** Host and port of the broker that is used or would be tried next, for messages. */
  get place(): string {
    return this.#places[this.#at] ?? "";
  }

  /**
   * Makes the first connection; many callers share one attempt, and the next caller after a failure tries again.
   *
   * @param signal ends the attempt
   * @throws NotConnectedError, AuthenticationError, CertificateError, RefusedError, TimeoutError, AbortedError
   */
  start(signal?: AbortSignal): Promise<void> {
    this.#opening ??= this.#open(signal).catch((error: unknown) => {
      this.#opening = undefined;
      throw error;
    });
    return this.#opening;
  }

  /** Gives the connection up as if it were lost. */
  abandon(error: XqbusError): void {
    this.#connection?.abandon(error);
  }

  /** Ends the connection and every attempt to make it. Always ends. Idempotent. */
  async close(): Promise<void> {
    if (this.#status !== "failed") this.#status = "closed";
    this.#stop.abort();
    await this.#opening?.catch(() => undefined);
    await this.#reconnecting;
    await this.#connection?.close();
  }

  async #open(signal: AbortSignal | undefined): Promise<void> {
    if (this.#status === "idle") this.#status = "connecting";
    const { timeoutMs } = this.#options;
    const until = this.#reconnect.first && timeoutMs !== Infinity ? AbortSignal.timeout(timeoutMs) : undefined;
    const signals = [this.#stop.signal, signal, until].filter((each) => each !== undefined);
    const ends = signals.length === 1 ? this.#stop.signal : AbortSignal.any(signals);
    let reason: XqbusError | undefined;
    try {
      for (;;) {
        const error = await this.#attempt(ends);
        if (error === undefined) return;
        // What kept it from connecting says more than that the time is over.
        reason = until?.aborted === true ? (reason ?? error) : error;
        if (!this.#reconnect.first || ends.aborted || isPermanentFault(error)) throw reason;
        await this.#pause(ends);
      }
    } finally {
      if (this.#status === "connecting") this.#status = "idle";
    }
  }

  /** Tries each broker once. @returns why there is no connection */
  async #attempt(ends: AbortSignal): Promise<XqbusError | undefined> {
    const errors: XqbusError[] = [];
    do {
      const url = this.#urls[this.#at] ?? this.#urls[0];
      try {
        await this.#connect(url, ends);
        return undefined;
      } catch (error) {
        errors.push(error as XqbusError);
        this.#at = (this.#at + 1) % this.#urls.length;
      }
    } while (errors.length < this.#urls.length && !ends.aborted);
    return errors.length === 1 ? errors[0] : (errors.find(isPermanentFault) ?? noneOf(errors));
  }

  async #connect(url: BusUrl, ends: AbortSignal): Promise<void> {
    const deadline = new Deadline(`connecting to ${hostAndPort(url)}`, {
      // One broker must not use up the time of the others.
      timeoutMs: this.#options.timeoutMs / this.#urls.length,
      signal: ends,
      option: "timeoutMs",
    });
    try {
      const connection = await BusConnection.open(url, this.#options, this.#limits, deadline);
      const link = await this.#user.attach(connection, deadline).catch((error: unknown) => {
        connection.abandon(error as XqbusError);
        throw error;
      });
      this.#connection = connection;
      this.#connectedAt = performance.now();
      if (this.#status !== "closed") this.#status = "connected";
      this.#user.up(link, connection);
      this.#listeners.emit("connected", { url: url.safe });
      connection.onLost((error) => this.#lost(error));
    } finally {
      deadline.stop();
    }
  }

  #lost(error: XqbusError): void {
    this.#connection = undefined;
    // One that is lost as soon as it is made has not succeeded: some brokers open first and refuse then.
    if (performance.now() - this.#connectedAt > this.#pauseMs) this.#backoff.reset();
    this.#user.down(error);
    if (this.#status === "closed") return;
    const willReconnect = this.#options.reconnect !== false && !isFinal(error);
    this.#status = willReconnect ? "disconnected" : "failed";
    this.#listeners.emit("disconnected", { error, willReconnect });
    if (!willReconnect) this.#user.ended(error);
    else this.#reconnecting = this.#repeat(error);
  }

  async #repeat(reason: XqbusError): Promise<void> {
    let last = reason;
    for (let failed = 0; failed < this.#reconnect.maxAttempts; failed++) {
      await this.#pause(this.#stop.signal);
      if (this.#stop.signal.aborted) return;
      const error = await this.#attempt(this.#stop.signal);
      if (error === undefined || this.#stop.signal.aborted) return;
      last = error;
      if (isPermanentFault(error) && this.#tell(error)) break;
    }
    this.#status = "failed";
    this.#user.ended(last);
  }

  /** @returns whether it ends the client */
  #tell(error: XqbusError): boolean {
    if (this.#reconnect.endOnPermanentFault || isFinal(error)) return true;
    if (!this.#faults.has(error.message)) this.#user.fault(error);
    this.#faults.add(error.message);
    return false;
  }

  /** The pause before the next attempt; ends early with the signal. */
  async #pause(ends: AbortSignal): Promise<void> {
    this.#pauseMs = this.#backoff.next();
    await sleep(this.#pauseMs, undefined, { signal: ends }).catch(() => undefined);
  }
}

function noneOf(errors: readonly XqbusError[]): NotConnectedError {
  const reasons = errors.map(({ message }) => message).join("; ");
  return new NotConnectedError(`none of the brokers can be used: ${reasons}`, { cause: errors });
}
