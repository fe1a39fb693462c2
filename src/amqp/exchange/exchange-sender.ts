import { XqbusError } from "../../errors.ts";
import type { PromotedValue } from "../../schema/index.ts";
import type { ConnectionEvents } from "../connection-events.ts";
import type { BusConnection } from "../connection.ts";
import { Deadline, type WaitLimits } from "../deadline.ts";
import type { Terminus } from "../dialects/index.ts";
import { encodeMessage } from "../encode-message.ts";
import { RefusedError } from "../errors.ts";
import { Listeners } from "../listeners.ts";
import {
  assertConnectOptions,
  CONNECT_DEFAULTS,
  DEFAULT_CLOSE_TIMEOUT_MS,
  withDefaults,
  type CheckedConnectOptions,
  type ConnectOptions,
} from "../options.ts";
import { ReconnectingConnection } from "../reconnecting-connection.ts";
import { SideLinks } from "../side-links.ts";
import { parseBusUrls } from "../url.ts";
import { createExchange } from "./create-exchange.ts";

const SEND_TIMEOUT_MS = 30_000;
/** There is no such node (AMQP 1.0, part 2.8.15). */
const NOT_FOUND = "amqp:not-found";
/** Names that belong to the broker; what is there, is there from the beginning (AMQP 0-9-1, section 3.1.3). */
const OWN_NAMES = "amq.";
const EXCHANGE_NAME = /^[\w.:-]{1,200}$/u;
/** Words with dots between, without what products read as wildcards, lists or paths in an address. */
const SUBJECT = /^[^\s*#>,/?\p{Cc}]{1,200}$/u;

/** A message for an exchange. */
export interface ExchangeMessage {
  readonly body: Uint8Array;
  /** Media type of the body. */
  readonly contentType: string;
  /** Words with dots between, which clients match: `repo.sync.start`. */
  readonly subject: string;
  readonly messageId: string;
  readonly creationTime: Date;
  readonly traceparent?: string | undefined;
  readonly applicationProperties?: Readonly<Record<string, string | boolean>>;
}

/** @throws XqbusError `xqbus:illegal-argument` unless `name` can be the name of an exchange with every product */
export function assertExchangeName(name: string, option: string): void {
  if (EXCHANGE_NAME.test(name)) return;
  throw new XqbusError(
    "xqbus:illegal-argument",
    `${option} must be 1 to 200 letters, digits, ".", "_", ":" and "-", got ${JSON.stringify(name.slice(0, 60))}`,
  );
}

/**
 * Sends durable messages of any content to an exchange of type topic, where clients match the words of the subject; where a product has
 * no exchanges, to the address of which they match the words (`docs/brokers.md`). It is created where it is missing and
 * the broker permits that.
 *
 * A message whose `send` has resolved is the broker's. A lost connection is made again; a message that was under way then fails.
 */
export class ExchangeSender {
  readonly #exchange: string;
  readonly #options: CheckedConnectOptions;
  readonly #links: SideLinks = new SideLinks(SEND_TIMEOUT_MS);
  readonly #connection: ReconnectingConnection<BusConnection>;
  #target: (subject: string) => Terminus;
  #hint = "";
  /** Why the exchange could not be created. */
  #notCreated: XqbusError | undefined;
  #reason: XqbusError | undefined;
  readonly #running: Set<Promise<void>> = new Set();
  #closing: Promise<void> | undefined;

  /** Connects when the first message is sent. @throws XqbusError `xqbus:invalid-url`, `xqbus:illegal-argument` */
  constructor(url: string | readonly string[], exchange: string, options: ConnectOptions = {}) {
    assertExchangeName(exchange, "exchange");
    this.#exchange = exchange;
    this.#options = withDefaults(options, CONNECT_DEFAULTS);
    assertConnectOptions(this.#options);
    this.#target = () => ({ address: exchange });
    this.#connection = new ReconnectingConnection(
      parseBusUrls(url),
      this.#options,
      { prefetch: 0, maxMessageBytes: 0 },
      {
        attach: (connection) => this.#prepare(connection),
        up: (connection) => {
          this.#reason = undefined;
          this.#links.use(connection);
        },
        down: (error) => this.#lost(error),
        // The next message tells it.
        fault: (error) => (this.#reason = error),
        ended: (error) => (this.#reason = error),
      },
      new Listeners<ConnectionEvents>(),
    );
  }

  /**
   * Sends a message; resolves when the broker has accepted it.
   *
   * @param limits `timeoutMs` default 30 000, connecting included
   * @throws RefusedError there is no such exchange, with what creates it, or the broker does not take the message; NotConnectedError,
   * AuthenticationError, CertificateError, TimeoutError, AbortedError; XqbusError `xqbus:illegal-argument` for a subject that cannot be sent
   */
  async send(message: ExchangeMessage, limits: WaitLimits = {}): Promise<void> {
    if (this.#closing !== undefined)
      throw new XqbusError("xqbus:already-closed", "the sender was closed before the call");
    const sending = this.#send(message, limits);
    this.#running.add(sending);
    try {
      await sending;
    } finally {
      this.#running.delete(sending);
    }
  }

  /** Waits up to 5 s for messages without an answer, and disconnects. Always ends. Idempotent. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #send(message: ExchangeMessage, { timeoutMs = SEND_TIMEOUT_MS, signal }: WaitLimits): Promise<void> {
    const bytes = this.#encoded(message);
    const what = `sending to the exchange "${this.#exchange}" at ${this.#connection.place}`;
    const deadline = new Deadline(what, { timeoutMs, signal, option: "timeoutMs" });
    try {
      if (deadline.error !== undefined) throw deadline.error;
      await deadline.race(this.#connection.start());
      if (this.#connection.status !== "connected" && this.#reason !== undefined) throw this.#reason;
      await this.#links.send(this.#target(message.subject), bytes, {
        timeoutMs,
        ...(signal === undefined ? {} : { signal }),
      });
    } catch (error) {
      throw this.#explained(error);
    } finally {
      deadline.stop();
    }
  }

  async #close(): Promise<void> {
    const deadline = new Deadline("closing", { timeoutMs: DEFAULT_CLOSE_TIMEOUT_MS, option: "closeTimeoutMs" });
    await deadline.race(Promise.allSettled(this.#running)).catch(() => undefined);
    deadline.stop();
    await this.#connection.close();
  }

  #encoded(message: ExchangeMessage): Buffer {
    const { body, subject, applicationProperties = {} } = message;
    if (!SUBJECT.test(subject)) {
      throw new XqbusError(
        "xqbus:illegal-argument",
        `the subject must be words with dots between, without * # > , / ? and white space, got ${JSON.stringify(subject.slice(0, 60))}`,
      );
    }
    const properties = Object.entries(applicationProperties).map(([name, value]): [string, PromotedValue] => [
      name,
      typeof value === "boolean" ? { kind: "boolean", value } : { kind: "string", value },
    ]);
    return encodeMessage({ ...message, bytes: body, durable: true, applicationProperties: new Map(properties) });
  }

  async #prepare(connection: BusConnection): Promise<BusConnection> {
    const { dialect, url } = connection;
    const exchange = this.#exchange;
    this.#target = (subject) => dialect.exchangeAt?.(exchange, subject) ?? dialect.publishTo(exchange);
    this.#hint = dialect.unknownTopicHint(exchange);
    this.#notCreated = undefined;
    if (dialect.createsExchanges === true && !exchange.startsWith(OWN_NAMES)) {
      // It may be there all the same.
      await createExchange(url, this.#options, exchange).catch((error: XqbusError) => (this.#notCreated = error));
    }
    return connection;
  }

  #lost(error: XqbusError): void {
    this.#reason = error;
    this.#links.use(undefined);
  }

  #explained(error: unknown): unknown {
    if (!(error instanceof RefusedError) || error.condition !== NOT_FOUND) return error;
    const why = this.#notCreated === undefined ? "" : `; it cannot be created from here: ${this.#notCreated.message}`;
    return new RefusedError(`${error.message}; ${this.#hint}${why}`, { ...error, cause: error });
  }
}
