import { XqbusError } from "../errors.ts";
import { bytesOf, type Event } from "../event/index.ts";
import type { Catalog } from "../schema/index.ts";
import { resolveXmlLimits, type XmlLimits } from "../xml/index.ts";
import { checkEvent, readEvent } from "./check-event.ts";
import type { ConnectionEvents, ConnectionStatus, Stall } from "./connection-events.ts";
import { assertMilliseconds, Deadline } from "./deadline.ts";
import { defaultCatalog } from "./default-catalog.ts";
import { encodeMessage } from "./encode-message.ts";
import { NotConnectedError, TimeoutError } from "./errors.ts";
import { Listeners } from "./listeners.ts";
import { newMessageId } from "./message-id.ts";
import { EventLabels } from "./message-labels.ts";
import { assertName } from "./options.ts";
import { PendingSends, type SendPort } from "./pending-sends.ts";
import {
  checkPublisherOptions,
  type CheckedPublisherOptions,
  type CloseOptions,
  type PublisherOptions,
  type SendOptions,
} from "./publisher-options.ts";
import { ReconnectingConnection } from "./reconnecting-connection.ts";
import { sendAll, type SendEventsOptions, type SendSummary } from "./send-events.ts";
import { SendRoom } from "./send-room.ts";
import { attachSender } from "./sender-link.ts";
import { SendStallWatch } from "./send-stall-watch.ts";
import { Turns } from "./turns.ts";
import { parseBusUrls } from "./url.ts";

/** A sender receives nothing but answers. */
const SESSION_LIMITS = { prefetch: 0, maxMessageBytes: 0 };

/**
 * Sends events to the topic of a domain.
 *
 * An event whose `sendEvent` has resolved is the broker's: it has answered `accepted`. Until then the event is kept, and sent again
 * with the same message id when the connection was lost and made again; so a broker may get it twice, and receivers know it by its id.
 * Events of one publisher go out in the order of the calls, awaited or not.
 */
export class EventPublisher {
  readonly #options: CheckedPublisherOptions;
  readonly #limits: XmlLimits;
  readonly #labels: EventLabels;
  readonly #room: SendRoom;
  readonly #sends: PendingSends;
  readonly #listeners: Listeners<ConnectionEvents> = new Listeners();
  readonly #connection: ReconnectingConnection<SendPort>;
  readonly #watch: SendStallWatch;
  readonly #turns: Turns = new Turns();
  #catalog: Catalog | undefined;
  /** Bounds the first connection only: a signal that was meant for the opening must not stop a later reconnect. */
  #openSignal: AbortSignal | undefined;
  /** Why there is no connection now. */
  #reason: XqbusError | undefined;
  #closing: Promise<void> | undefined;

  /**
   * Connects to the broker and attaches to the topic of the URL's domain.
   *
   * @param url `amqp[s]://user:password@host:port/domain`; several brokers as an array, or with commas between
   * @throws XqbusError `xqbus:invalid-url`, `xqbus:illegal-argument`; NotConnectedError, AuthenticationError,
   * CertificateError; RefusedError the broker knows no such topic; TimeoutError, AbortedError
   */
  static async open(url: string | readonly string[], options: PublisherOptions = {}): Promise<EventPublisher> {
    const publisher = new EventPublisher(url, options);
    await publisher.#connect();
    return publisher;
  }

  /**
   * A publisher that connects when the first event is sent. What is wrong with the first connection, that call tells.
   *
   * @throws XqbusError `xqbus:invalid-url`, `xqbus:illegal-argument`
   */
  static openLater(url: string | readonly string[], options: PublisherOptions = {}): EventPublisher {
    return new EventPublisher(url, options);
  }

  private constructor(url: string | readonly string[], options: PublisherOptions) {
    const urls = parseBusUrls(url);
    this.#options = checkPublisherOptions(options);
    this.#openSignal = options.signal;
    this.#limits = resolveXmlLimits(this.#options.limits);
    this.#labels = new EventLabels(urls[0].domain, this.#options.source);
    this.#room = new SendRoom(this.#options);
    this.#sends = new PendingSends(this.#options.refusals);
    this.#watch = new SendStallWatch(this.#options.stallTimeoutMs, this.#sends, this.#stalled);
    this.#connection = new ReconnectingConnection(
      urls,
      this.#options,
      SESSION_LIMITS,
      {
        attach: (connection, deadline) => attachSender(connection, this.#sends, deadline),
        up: (port) => {
          this.#openSignal = undefined;
          this.#reason = undefined;
          this.#watch.start();
          this.#sends.attach(port);
        },
        down: (error) => {
          this.#reason = error;
          this.#watch.stop();
          this.#sends.detach();
        },
        fault: (error) => {
          this.#reason = error;
          process.emitWarning(error.message, { type: error.name, code: error.code });
        },
        ended: (error) => this.#sends.close(...lostFor(error)),
      },
      this.#listeners,
    );
    if (this.#options.catalog instanceof Promise) {
      // sendEvent tells that a catalog does not load; until it is called nobody listens.
      this.#options.catalog.catch(() => undefined);
    } else {
      this.#catalog = this.#options.catalog;
    }
  }

  /** Where the publisher stands. */
  get status(): ConnectionStatus {
    return this.#connection.status;
  }

  /** Events that were taken on and have no outcome yet. */
  get pending(): number {
    return this.#room.size;
  }

  /**
   * Tells of the connection: `connected`, `disconnected`, `stalled`.
   *
   * @returns takes the listener away
   */
  on<K extends keyof ConnectionEvents>(name: K, listener: (event: ConnectionEvents[K]) => void): () => void {
    return this.#listeners.on(name, listener);
  }

  /**
   * Validates an event and sends it; resolves when the broker has accepted it. A lost connection is no error: the event waits for the
   * next one, as long as the time limit allows.
   *
   * @param event an Event, or XML as text or bytes, with or without XML declaration
   * @param options `timeoutMs` (default: option `sendTimeoutMs`) and `signal` bound this call; an event that is under way
   * by then may still arrive
   * @throws InvalidEventError with all problems; nothing was sent
   * @throws RefusedError the broker answered, but not `accepted`, and will not
   * @throws NotConnectedError the first connection failed, or the publisher has given up
   * @throws AuthenticationError, CertificateError when the first connection failed; TimeoutError, AbortedError
   * @throws XqbusError `xqbus:limit-exceeded` too many events without an answer; `xqbus:already-closed`
   */
  async sendEvent(event: Event | string | Uint8Array, options: SendOptions = {}): Promise<void> {
    if (this.#closing !== undefined) throw closedError();
    const { timeoutMs } = options;
    const deadline = new Deadline(`sending the event to ${this.#connection.place}`, {
      timeoutMs: timeoutMs ?? this.#options.sendTimeoutMs,
      signal: options.signal,
      option: timeoutMs === undefined ? "sendTimeoutMs" : "timeoutMs",
    });
    /** Of the room that was taken. */
    let bytes: number | undefined;
    try {
      if (deadline.error !== undefined) throw deadline.error;
      assertSendOptions(options);
      const read = readEvent(event, this.#limits);
      const { length } = bytesOf(read);
      const room = this.#room.enter(length, deadline);
      if (room !== undefined) await room;
      bytes = length;
      const catalog = this.#catalog ?? (await this.#loadCatalog(deadline));
      const check = this.#options.validate && catalog !== undefined ? checkEvent(read, catalog, deadline) : undefined;
      // Events are sent in the order of the calls: none overtakes a large one that is still being validated.
      if (check !== undefined || this.#turns.isBusy) await this.#sendInTurn(read, catalog, check, options, deadline);
      else await this.#handOver(read, catalog, options, deadline);
    } catch (error) {
      throw this.#explained(error);
    } finally {
      if (bytes !== undefined) this.#room.leave(bytes);
      deadline.stop();
    }
  }

  /**
   * Sends many events, `window` of them (default 200) at a time without an answer, in their order.
   *
   * @returns how many were accepted and refused
   * @throws what {@link EventPublisher.sendEvent} throws for the first event that cannot be sent, when all that were under way have
   * their outcome; with `onRefused` it goes on instead. What `events` throws
   */
  sendEvents(
    events: Iterable<Event | string | Uint8Array> | AsyncIterable<Event | string | Uint8Array>,
    options: SendEventsOptions = {},
  ): Promise<SendSummary> {
    return sendAll(events, (event, limits) => this.sendEvent(event, limits), options);
  }

  /**
   * Waits for the events that were given before, up to `closeTimeoutMs`, and disconnects; what has no answer by then is
   * rejected. Always ends. Idempotent.
   */
  close(options: CloseOptions = {}): Promise<void> {
    if (options.timeoutMs !== undefined) assertMilliseconds(options.timeoutMs, "timeoutMs");
    this.#closing ??= this.#close(options);
    return this.#closing;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /** A time-out says why there was no connection to send by. */
  #explained(error: unknown): unknown {
    const reason = this.#reason;
    if (!(error instanceof TimeoutError) || reason === undefined) return error;
    return new TimeoutError(`${error.message}; there is no connection: ${reason.message}`, { cause: reason });
  }

  /** What events are validated against and labelled by; none when events are not validated and no catalog was given. */
  async #loadCatalog(deadline: Deadline): Promise<Catalog | undefined> {
    const { catalog, validate } = this.#options;
    if (catalog === undefined && !validate) return undefined;
    this.#catalog = await deadline.race(Promise.resolve(catalog ?? defaultCatalog()));
    return this.#catalog;
  }

  async #sendInTurn(
    event: Event,
    catalog: Catalog | undefined,
    check: Promise<void> | undefined,
    options: SendOptions,
    deadline: Deadline,
  ): Promise<void> {
    const turn = this.#turns.take();
    try {
      // Listened to from now on: it may fail while the turn has not come yet.
      await Promise.all([check, deadline.race(turn.begins)]);
      const sending = this.#handOver(event, catalog, options, deadline);
      turn.end();
      await sending;
    } finally {
      turn.end();
    }
  }

  #handOver(event: Event, catalog: Catalog | undefined, options: SendOptions, deadline: Deadline): Promise<void> {
    const { messageId = newMessageId(), correlationId, ttlMs, traceparent = this.#options.traceparent?.() } = options;
    const labels = this.#labels.of(event, catalog);
    const message = encodeMessage({
      bytes: bytesOf(event),
      messageId,
      ...labels,
      groupId: options.groupId ?? labels.groupId,
      correlationId,
      ttlMs,
      traceparent,
      creationTime: new Date(),
      durable: this.#options.durable,
    });
    const sending = this.#sends.send(message, deadline);
    if (this.#connection.status === "idle") void this.#connect().catch((error: XqbusError) => this.#giveUp(error));
    return sending;
  }

  #connect(): Promise<void> {
    return this.#connection.start(this.#openSignal);
  }

  /** The first connection failed: what waited for it is told why. */
  #giveUp(error: XqbusError): void {
    const reason = this.#closing === undefined ? error : closedError();
    this.#sends.reject(reason, reason);
  }

  readonly #stalled = (stall: Stall): void => {
    this.#listeners.emit("stalled", stall);
    if (stall.reason === "no-answer") this.#connection.abandon(new NotConnectedError(stall.message));
  };

  async #close({ drain = true, timeoutMs = this.#options.closeTimeoutMs }: CloseOptions): Promise<void> {
    if (drain) {
      const deadline = new Deadline("closing", { timeoutMs, option: "closeTimeoutMs" });
      await deadline.race(this.#room.empty()).catch(() => undefined);
      deadline.stop();
    }
    this.#sends.close(
      closedError(),
      new NotConnectedError("the publisher was closed before the broker answered: whether it has the event is unknown"),
    );
    this.#watch.stop();
    await this.#connection.close();
  }
}

function closedError(): XqbusError {
  return new XqbusError("xqbus:already-closed", "the publisher was closed; open a new one to send events");
}

/** For what was not sent, and for what has no answer, when the connection will not be made again. */
function lostFor(error: XqbusError): readonly [waiting: XqbusError, inFlight: XqbusError] {
  const unknown = `the connection was lost before the broker answered: whether it has the event is unknown (${error.message})`;
  return [
    new NotConnectedError(`the event was not sent: ${error.message}`, { cause: error }),
    new NotConnectedError(unknown, { cause: error }),
  ];
}

/** The texts that one message may have. */
const NAMES = ["messageId", "correlationId", "groupId", "traceparent"] as const;

function assertSendOptions(options: SendOptions): void {
  for (const name of NAMES) if (options[name] !== undefined) assertName(options[name], name);
  if (options.ttlMs !== undefined) assertMilliseconds(options.ttlMs, "ttlMs");
}
