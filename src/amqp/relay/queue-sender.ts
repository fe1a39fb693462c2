import type { XqbusError } from "../../errors.ts";
import type { ConnectionEvents, ConnectionStatus } from "../connection-events.ts";
import type { BusConnection } from "../connection.ts";
import { Deadline, type WaitLimits } from "../deadline.ts";
import type { Dialect } from "../dialects/index.ts";
import { NotConnectedError } from "../errors.ts";
import { Listeners } from "../listeners.ts";
import { assertConnectOptions, CONNECT_DEFAULTS, withDefaults, type ConnectOptions } from "../options.ts";
import { ReconnectingConnection } from "../reconnecting-connection.ts";
import { SideLinks } from "../side-links.ts";
import { parseBusUrls } from "../url.ts";
import { asNew } from "./as-new.ts";

/** How messages are sent on. */
export interface QueueSenderOptions extends ConnectOptions {
  /** Links at the same time: one for each queue that is in use. Default 100. */
  readonly maxLinks?: number;
  /** How long one sending may take, in ms. Default 30,000. */
  readonly sendTimeoutMs?: number;
  /** Messages that wait for the credit of a queue that takes and answers nothing for so long fail, in ms. Default: only with `sendTimeoutMs`. */
  readonly creditTimeoutMs?: number;
}

const SEND_TIMEOUT_MS = 30_000;

/** Sends messages as they came to queues by their names, many at a time, over one connection that is made again when it is lost. */
export class QueueSender {
  readonly #links: SideLinks;
  readonly #connection: ReconnectingConnection<BusConnection>;
  readonly #listeners: Listeners<ConnectionEvents> = new Listeners();
  #dialect: Dialect | undefined;
  #connections = 0;
  #reason: XqbusError | undefined;

  /** Connects with {@link QueueSender.start}. @throws XqbusError `xqbus:invalid-url`, `xqbus:illegal-argument` */
  constructor(url: string | readonly string[], given: QueueSenderOptions = {}) {
    const { maxLinks, sendTimeoutMs, creditTimeoutMs, ...options } = given;
    this.#links = new SideLinks(sendTimeoutMs ?? SEND_TIMEOUT_MS, { maxLinks, creditTimeoutMs });
    const checked = withDefaults(options, CONNECT_DEFAULTS);
    assertConnectOptions(checked);
    this.#connection = new ReconnectingConnection(
      parseBusUrls(url),
      checked,
      { prefetch: 0, maxMessageBytes: 0 },
      {
        attach: async (connection) => connection,
        up: (connection) => {
          this.#dialect = connection.dialect;
          this.#connections++;
          this.#reason = undefined;
          this.#links.use(connection);
        },
        down: (error) => {
          this.#connections++;
          this.#reason = error;
          this.#links.use(undefined);
        },
        fault: (error) => (this.#reason = error),
        ended: (error) => (this.#reason = error),
      },
      this.#listeners,
    );
  }

  get status(): ConnectionStatus {
    return this.#connection.status;
  }

  /** Queues to which there is a link now. */
  get links(): number {
    return this.#links.size;
  }

  /** @throws NotConnectedError, AuthenticationError, CertificateError, RefusedError, TimeoutError, AbortedError */
  start(signal?: AbortSignal): Promise<void> {
    return this.#connection.start(signal);
  }

  /**
   * Sends a message as it came; resolves when the queue has it.
   *
   * @throws RefusedError, TimeoutError what the queue says or does not; NotConnectedError that the connection is away says nothing of the queue;
   * AbortedError
   */
  async send(queue: string, message: Uint8Array, limits: WaitLimits = {}): Promise<void> {
    const before = this.#connections;
    if (this.#dialect === undefined || this.status !== "connected") throw this.#away(queue, this.#reason);
    try {
      await this.#links.send(this.#dialect.queueAt(queue), asNew(message), limits);
    } catch (error) {
      if (limits.signal?.aborted !== true && this.#connections !== before) throw this.#away(queue, error as XqbusError);
      throw error;
    }
  }

  /** Resolves when there is a connection, or with the signal. */
  async connected(signal: AbortSignal): Promise<void> {
    if (this.status === "connected" || signal.aborted) return;
    await new Promise<void>((resolve) => {
      const end = (): void => {
        forget();
        signal.removeEventListener("abort", end);
        resolve();
      };
      const forget = this.#listeners.on("connected", end);
      signal.addEventListener("abort", end, { once: true });
    });
  }

  /** Makes sure that a queue is there, and that we may send to it. @throws as {@link QueueSender.send} */
  async reach(queue: string, { timeoutMs = SEND_TIMEOUT_MS, signal }: WaitLimits = {}): Promise<void> {
    if (this.#dialect === undefined || this.status !== "connected") throw this.#away(queue, this.#reason);
    const deadline = new Deadline(`reaching the queue "${queue}"`, { timeoutMs, signal, option: "timeoutMs" });
    try {
      await this.#links.reach(this.#dialect.queueAt(queue), deadline);
    } finally {
      deadline.stop();
    }
  }

  /** Disconnects; what is under way fails. Always ends. Idempotent. */
  async close(): Promise<void> {
    this.#links.use(undefined);
    await this.#connection.close();
  }

  #away(queue: string, cause: XqbusError | undefined): NotConnectedError {
    const why = cause === undefined ? "there is no connection now" : cause.message;
    return new NotConnectedError(`nothing can be sent to "${queue}": ${why}`, { cause });
  }
}
