import { v7 as uuidv7 } from "uuid";
import { XqbusError } from "../errors.ts";
import { bytesOf, type Event } from "../event/index.ts";
import type { Catalog } from "../schema/index.ts";
import { resolveXmlLimits, type XmlLimits } from "../xml/index.ts";
import { checkEvent, readEvent } from "./check-event.ts";
import { BusConnection } from "./connection.ts";
import { assertMilliseconds, Deadline, type WaitLimits } from "./deadline.ts";
import { defaultCatalog } from "./default-catalog.ts";
import { NotConnectedError } from "./errors.ts";
import { labelsOf } from "./message-labels.ts";
import { encodeMessage } from "./message.ts";
import {
  assertConnectOptions,
  assertInteger,
  DEFAULT_CLOSE_TIMEOUT_MS,
  DEFAULT_CONNECT_TIMEOUT_MS,
  isCatalog,
  withDefaults,
  type ConnectOptions,
  type WithDefaults,
} from "./options.ts";
import type { PendingSends } from "./pending-sends.ts";
import { attachSender } from "./sender-link.ts";
import { Turns } from "./turns.ts";
import { hostAndPort, parseBusUrl, type BusUrl } from "./url.ts";

/** How a publisher connects, checks and sends. */
export interface PublisherOptions extends ConnectOptions {
  /**
   * What events are validated against, and where their routing keys and promoted fields are annotated; default: the catalog of
   * the default directories, loaded once per process. With `validate: false` there is no default, and so no annotation.
   */
  readonly catalog?: Catalog | Promise<Catalog>;
  /** Bounds on an event that is given as text or bytes; the catalog has limits of its own. */
  readonly limits?: Partial<XmlLimits>;
  /** False sends every well-formed event, valid or not. Default true. */
  readonly validate?: boolean;
  /** Whether the broker must keep the event over a restart of its own. Default true. */
  readonly durable?: boolean;
  /** Limit of one `sendEvent` in milliseconds, connecting included. Default 30 000. */
  readonly sendTimeoutMs?: number;
  /** Events without an answer of the broker at most; more are refused. Default 10 000. */
  readonly maxPending?: number;
  /** How long `close` waits for the answers that are still to come, in milliseconds. Default 5 000. */
  readonly closeTimeoutMs?: number;
}

interface Link {
  readonly connection: BusConnection;
  readonly sends: PendingSends;
}

const DEFAULTS = {
  timeoutMs: DEFAULT_CONNECT_TIMEOUT_MS,
  validate: true,
  durable: true,
  sendTimeoutMs: 30_000,
  maxPending: 10_000,
  closeTimeoutMs: DEFAULT_CLOSE_TIMEOUT_MS,
} as const satisfies PublisherOptions;

/** A sender receives nothing but answers. */
const SESSION_LIMITS = { prefetch: 0, maxMessageBytes: 0 };

/**
 * Sends events to the topic of a domain.
 *
 * An event whose `sendEvent` has resolved is the broker's: it has answered `accepted`. Events of one publisher arrive in
 * the order of the calls, awaited or not. After a lost connection the next `sendEvent` connects again.
 */
export class EventPublisher {
  readonly #url: BusUrl;
  readonly #options: WithDefaults<PublisherOptions, keyof typeof DEFAULTS>;
  readonly #limits: XmlLimits;
  /** The calls of sendEvent that have not ended. */
  readonly #sending: Set<Promise<void>> = new Set();
  readonly #turns: Turns = new Turns();
  readonly #giveUp: AbortController = new AbortController();
  /** Bounds the first connection only: a signal that was meant for the opening must not stop a later reconnect. */
  #openSignal: AbortSignal | undefined;
  #link: Promise<Link> | undefined;
  #closing: Promise<void> | undefined;

  /**
   * Connects to the broker and attaches to the topic of the URL's domain.
   *
   * @throws XqbusError `xqbus:invalid-url`, `xqbus:illegal-argument`; NotConnectedError, AuthenticationError,
   * CertificateError; RefusedError the broker knows no such topic; TimeoutError, AbortedError
   */
  static async open(url: string, options: PublisherOptions = {}): Promise<EventPublisher> {
    const publisher = new EventPublisher(url, options);
    await publisher.#connected();
    return publisher;
  }

  /**
   * A publisher that connects when the first event is sent. What is wrong with the connection, that call tells.
   *
   * @throws XqbusError `xqbus:invalid-url`, `xqbus:illegal-argument`
   */
  static openLater(url: string, options: PublisherOptions = {}): EventPublisher {
    return new EventPublisher(url, options);
  }

  private constructor(url: string, options: PublisherOptions) {
    this.#url = parseBusUrl(url);
    this.#options = withDefaults(options, DEFAULTS);
    this.#openSignal = options.signal;
    assertConnectOptions(this.#options);
    assertInteger(this.#options.maxPending, "maxPending", 1);
    assertMilliseconds(this.#options.sendTimeoutMs, "sendTimeoutMs");
    assertMilliseconds(this.#options.closeTimeoutMs, "closeTimeoutMs");
    this.#limits = resolveXmlLimits(this.#options.limits);
    assertCatalog(this.#options.catalog);
    // sendEvent tells that a catalog does not load; until it is called nobody listens.
    if (this.#options.catalog instanceof Promise) this.#options.catalog.catch(() => undefined);
  }

  /**
   * Validates an event and sends it; resolves when the broker has accepted it.
   *
   * @param event an Event, or XML as text or bytes, with or without XML declaration
   * @param options `timeoutMs` (default: option `sendTimeoutMs`) and `signal` bound this call; an event that is under way
   * by then may still arrive
   * @throws InvalidEventError with all problems; nothing was sent
   * @throws RefusedError the broker answered, but not `accepted`
   * @throws NotConnectedError there is no connection, or it was lost before the broker answered; the message says whether
   * the event may have arrived
   * @throws AuthenticationError, CertificateError when it had to connect; TimeoutError, AbortedError
   * @throws XqbusError `xqbus:limit-exceeded` too many events without an answer; `xqbus:already-closed`
   */
  async sendEvent(event: Event | string | Uint8Array, options: WaitLimits = {}): Promise<void> {
    if (this.#closing !== undefined) throw this.#closedError();
    if (this.#sending.size >= this.#options.maxPending) {
      throw new XqbusError(
        "xqbus:limit-exceeded",
        `${this.#options.maxPending} events wait for the broker's answer (option maxPending); await sendEvent before sending more`,
      );
    }
    const sending = this.#send(event, options);
    this.#sending.add(sending);
    try {
      await sending;
    } finally {
      this.#sending.delete(sending);
    }
  }

  /**
   * Waits for the events that were given before, up to `closeTimeoutMs`, and disconnects; what has no answer by then is
   * rejected. Always ends. Idempotent.
   */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #send(input: Event | string | Uint8Array, options: WaitLimits): Promise<void> {
    const deadline = new Deadline(`sending the event to ${hostAndPort(this.#url)}`, {
      timeoutMs: options.timeoutMs ?? this.#options.sendTimeoutMs,
      signal: options.signal,
      option: options.timeoutMs === undefined ? "sendTimeoutMs" : "timeoutMs",
    });
    try {
      if (deadline.error !== undefined) throw deadline.error;
      const event = readEvent(input, this.#limits);
      const catalog = await this.#catalog(deadline);
      if (this.#options.validate && catalog !== undefined) {
        const check = checkEvent(event, catalog, deadline);
        // Events are sent in the order of the calls: none overtakes a large one that is still being validated.
        if (check !== undefined || this.#turns.isBusy) await this.#sendInTurn(event, catalog, check, deadline);
        else await this.#handOver(event, catalog, deadline);
      } else {
        await this.#handOver(event, catalog, deadline);
      }
    } finally {
      deadline.stop();
    }
  }

  /** What events are validated against and labelled by; none when events are not validated and no catalog was given. */
  async #catalog(deadline: Deadline): Promise<Catalog | undefined> {
    const { catalog, validate } = this.#options;
    if (catalog === undefined && !validate) return undefined;
    return deadline.race(Promise.resolve(catalog ?? defaultCatalog()));
  }

  async #sendInTurn(
    event: Event,
    catalog: Catalog,
    check: Promise<void> | undefined,
    deadline: Deadline,
  ): Promise<void> {
    const turn = this.#turns.take();
    try {
      // Listened to from now on: it may fail while the turn has not come yet.
      await Promise.all([check, deadline.race(turn.begins)]);
      await this.#handOver(event, catalog, deadline, turn.end);
    } finally {
      turn.end();
    }
  }

  /** @param handedOver is called when the message has its place among those to be sent */
  async #handOver(
    event: Event,
    catalog: Catalog | undefined,
    deadline: Deadline,
    handedOver?: () => void,
  ): Promise<void> {
    const { sends } = await deadline.race(this.#connected());
    const sending = sends.send(this.#encode(event, catalog), deadline);
    handedOver?.();
    await sending;
  }

  #encode(event: Event, catalog: Catalog | undefined): Buffer {
    return encodeMessage({
      bytes: bytesOf(event),
      messageId: uuidv7(),
      ...labelsOf(event, this.#url.domain, catalog),
      creationTime: new Date(),
      durable: this.#options.durable,
    });
  }

  /** The link to the broker; many callers share one attempt, and the next caller after a failure or a loss tries again. */
  #connected(): Promise<Link> {
    this.#link ??= this.#connect().catch((error: unknown) => {
      this.#link = undefined;
      throw this.#giveUp.signal.aborted ? this.#closedError() : error;
    });
    return this.#link;
  }

  async #connect(): Promise<Link> {
    const signals = [this.#giveUp.signal, this.#openSignal].filter((signal) => signal !== undefined);
    const deadline = new Deadline(`connecting to ${hostAndPort(this.#url)}`, {
      timeoutMs: this.#options.timeoutMs,
      signal: AbortSignal.any(signals),
      option: "timeoutMs",
    });
    try {
      const connection = await BusConnection.open(this.#url, this.#options, SESSION_LIMITS, deadline);
      const sends = await attachSender(connection, deadline);
      this.#openSignal = undefined;
      connection.onLost(() => {
        this.#link = undefined;
      });
      return { connection, sends };
    } finally {
      deadline.stop();
    }
  }

  async #close(): Promise<void> {
    const deadline = new Deadline("closing", {
      timeoutMs: this.#options.closeTimeoutMs,
      option: "closeTimeoutMs",
    });
    await deadline.race(Promise.allSettled(this.#sending)).catch(() => undefined);
    deadline.stop();
    this.#giveUp.abort();
    const link = await this.#link?.catch(() => undefined);
    link?.sends.fail(
      this.#closedError(),
      new NotConnectedError("the publisher was closed before the broker answered: whether it has the event is unknown"),
    );
    await link?.connection.close();
  }

  #closedError(): XqbusError {
    return new XqbusError("xqbus:already-closed", "the publisher was closed; open a new one to send events");
  }
}

function assertCatalog(catalog: unknown): void {
  if (catalog === undefined || catalog instanceof Promise || isCatalog(catalog)) return;
  throw new XqbusError(
    "xqbus:illegal-argument",
    "option catalog must be a Catalog or the promise of one, such as loadCatalog() gives",
  );
}
