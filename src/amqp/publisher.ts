import { XqbusError } from "../errors.ts";
import { bytesOf, type Event } from "../event/index.ts";
import type { Catalog } from "../schema/index.ts";
import { isTracing, type OpenSpan } from "../telemetry/index.ts";
import { resolveXmlLimits, type XmlLimits } from "../xml/index.ts";
import { checkEvent, readEvent } from "./check-event.ts";
import type { ConnectionEvents, ConnectionStatus, Stall } from "./connection-events.ts";
import { assertMilliseconds, Deadline } from "./deadline.ts";
import { defaultCatalog } from "./default-catalog.ts";
import { encodeMessage, type OutgoingMessage } from "./encode-message.ts";
import { NotConnectedError, TimeoutError } from "./errors.ts";
import { JournalFeed, type CheckedJournalOptions, type JournalControl } from "./journal/index.ts";
import { Listeners } from "./listeners.ts";
import { newMessageId } from "./message-id.ts";
import { dialectNamed } from "./dialects/index.ts";
import { EventLabels, withTexts } from "./message-labels.ts";
import { PendingSends, type SendPort } from "./pending-sends.ts";
import { closedError, lostFor } from "./publisher-errors.ts";
import {
  assertSendOptions,
  checkPublisherOptions,
  type CheckedPublisherOptions,
  type CloseOptions,
  type PublisherOptions,
  type SendOptions,
} from "./publisher-options.ts";
import { reconnectOptions } from "./reconnect-options.ts";
import { ReconnectingConnection } from "./reconnecting-connection.ts";
import { sendAll, type SendEventsOptions, type SendSummary } from "./send-events.ts";
import { PENDING_WORDS, SendRoom } from "./send-room.ts";
import { attachSender } from "./sender-link.ts";
import { SendStallWatch } from "./send-stall-watch.ts";
import { describeSend, startSendSpan } from "./traced-messages.ts";
import { Turns } from "../turns.ts";
import { parseBusUrls } from "./url.ts";

/** What becomes of a message that was made of an event; resolves when that has happened. */
type Deliver = (message: OutgoingMessage, deadline: Deadline) => Promise<void>;

/** A sender receives nothing but answers. */
const SESSION_LIMITS = { prefetch: 0, maxMessageBytes: 0 };

/**
 * Sends events to the topic of a domain.
 *
 * An event whose `sendEvent` has resolved is the broker's: it has answered `accepted`. Until then the event is kept, and sent again
 * with the same message id when the connection was lost and made again; so a broker may get it twice, and receivers know it by its id.
 * Events of one publisher go out in the order of the calls, awaited or not. With a journal, `enqueue` resolves as soon as the event is on
 * disk: it is sent from there, by the next publisher with that journal if this process ends before.
 */
export class EventPublisher {
  readonly #options: CheckedPublisherOptions;
  readonly #limits: XmlLimits;
  readonly #domain: string;
  readonly #labels: EventLabels;
  readonly #room: SendRoom;
  readonly #sends: PendingSends;
  readonly #listeners: Listeners<ConnectionEvents> = new Listeners();
  readonly #connection: ReconnectingConnection<SendPort>;
  readonly #watch: SendStallWatch;
  readonly #turns: Turns = new Turns();
  #openingFeed: Promise<JournalFeed> | undefined;
  #feed: JournalFeed | undefined;
  #catalog: Catalog | undefined;
  /** Bounds the first connection only: a signal that was meant for the opening must not stop a later reconnect. */
  #openSignal: AbortSignal | undefined;
  #reason: XqbusError | undefined;
  #closing: Promise<void> | undefined;

  /**
   * Connects to the broker and attaches to the topic of the URL's domain.
   *
   * @param url `amqp[s]://user:password@host:port/domain`; several brokers as an array, or with commas between
   * @throws XqbusError `xqbus:invalid-url`, `xqbus:illegal-argument`; NotConnectedError, AuthenticationError,
   * CertificateError; RefusedError the broker knows no such topic; TimeoutError, AbortedError; with a journal `xqbus:store-in-use`,
   * `xqbus:store-damaged` and the like
   */
  static async open(url: string | readonly string[], options: PublisherOptions = {}): Promise<EventPublisher> {
    const publisher = new EventPublisher(url, options);
    try {
      await publisher.#openingFeed;
      await publisher.connect();
    } catch (error) {
      await publisher.close({ drain: false });
      throw error;
    }
    return publisher;
  }

  /**
   * A publisher that connects when the first event is sent. What is wrong with the first connection, that call tells. With a journal it
   * connects, and goes on trying, as soon as there is something in it; `journal.onError` tells what is wrong.
   *
   * @throws XqbusError `xqbus:invalid-url`, `xqbus:illegal-argument`
   */
  static openLater(url: string | readonly string[], options: PublisherOptions = {}): EventPublisher {
    const publisher = new EventPublisher(url, options);
    void publisher.#openingFeed?.then(
      (feed) => feed.begin(),
      (error: XqbusError) => publisher.#options.journal?.onError(error),
    );
    return publisher;
  }

  private constructor(url: string | readonly string[], options: PublisherOptions) {
    const urls = parseBusUrls(url);
    this.#options = checkPublisherOptions(options);
    this.#openSignal = options.signal;
    this.#limits = resolveXmlLimits(this.#options.limits);
    const { dialect, source, maxPending, maxPendingBytes, whenFull } = this.#options;
    const bindingKey = dialect === undefined ? undefined : dialectNamed(dialect).bindingKey;
    this.#domain = urls[0].domain;
    this.#labels = new EventLabels(this.#domain, source, bindingKey);
    this.#room = new SendRoom({ maxEvents: maxPending, maxBytes: maxPendingBytes, whenFull, words: PENDING_WORDS });
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
          this.#feed?.start();
        },
        down: (error) => {
          this.#reason = error;
          this.#watch.stop();
          this.#sends.refuseTooLarge(error);
          this.#sends.detach();
        },
        fault: (error) => {
          this.#reason = error;
          process.emitWarning(error.message, { type: error.name, code: error.code });
        },
        ended: (error) => {
          this.#feed?.stop();
          this.#sends.close(...lostFor(error));
        },
      },
      this.#listeners,
    );
    if (this.#options.catalog instanceof Promise) {
      // sendEvent tells that a catalog does not load; until it is called nobody listens.
      this.#options.catalog.catch(() => undefined);
    } else {
      this.#catalog = this.#options.catalog;
    }
    const { journal } = this.#options;
    if (journal === undefined) return;
    this.#openingFeed = this.#openJournal(journal, this.#domain);
    // Whoever needs it is told; until then nobody listens.
    this.#openingFeed.catch(() => undefined);
  }

  /** Where the publisher stands. */
  get status(): ConnectionStatus {
    return this.#connection.status;
  }

  /** Events that were taken on and have no outcome yet, without those in the journal. */
  get pending(): number {
    return this.#room.size;
  }

  /** The send journal: what is in it, and what was refused; undefined without one, and until it is open. */
  get journal(): JournalControl | undefined {
    return this.#feed?.journal;
  }

  /**
   * Tells of the connection: `connected`, `disconnected`, `stalled`.
   *
   * @returns takes the listener away
   */
  on<K extends keyof ConnectionEvents>(name: K, listener: (event: ConnectionEvents[K]) => void): () => void {
    return this.#listeners.on(name, listener);
  }

  /** Connects now, and not only for the first event. @throws what {@link EventPublisher.open} throws; the next call tries again */
  connect({ signal = this.#openSignal }: { readonly signal?: AbortSignal } = {}): Promise<void> {
    return this.#connection.start(signal);
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
  sendEvent(event: Event | string | Uint8Array, options: SendOptions = {}): Promise<void> {
    return this.#take(event, options, `sending the event to ${this.#connection.place}`, this.#send);
  }

  /**
   * Validates an event and writes it into the journal; resolves when it is on disk. From then on it is sent until the broker has accepted
   * it, by the next publisher with this journal if need be, always with this message id. Needs the option `journal`.
   *
   * @param event as for {@link EventPublisher.sendEvent}
   * @param options as for {@link EventPublisher.sendEvent}; an event whose `ttlMs` is over before it could be sent is moved aside
   * @returns the message id
   * @throws InvalidEventError with all problems; nothing was taken on
   * @throws XqbusError `xqbus:limit-exceeded` the journal is full; `xqbus:store-full` the disk is full; `xqbus:store-in-use`,
   * `xqbus:store-damaged`, `xqbus:store-failed` the journal cannot be used; `xqbus:already-closed`; `xqbus:illegal-argument` no journal
   * @throws NotConnectedError the publisher has given up; TimeoutError, AbortedError (an event that was being written may be sent)
   */
  async enqueue(event: Event | string | Uint8Array, options: SendOptions = {}): Promise<string> {
    const { messageId = newMessageId() } = options;
    await this.#take(event, { ...options, messageId }, "writing the event into the send journal", this.#write);
    return messageId;
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

  async #take(event: Event | string | Uint8Array, options: SendOptions, what: string, deliver: Deliver): Promise<void> {
    if (this.#closing !== undefined) throw closedError();
    const { timeoutMs } = options;
    const deadline = new Deadline(what, {
      timeoutMs: timeoutMs ?? this.#options.sendTimeoutMs,
      signal: options.signal,
      option: timeoutMs === undefined ? "sendTimeoutMs" : "timeoutMs",
    });
    let span: OpenSpan | undefined;
    /** Of the room that was taken. */
    let bytes: number | undefined;
    try {
      if (deadline.error !== undefined) throw deadline.error;
      assertSendOptions(options);
      if (isTracing()) span = startSendSpan(this.#domain, options.traceparent ?? this.#options.traceparent?.());
      const read = readEvent(event, this.#limits);
      const { length } = bytesOf(read);
      const room = this.#room.enter(length, deadline);
      if (room !== undefined) await room;
      bytes = length;
      const catalog = this.#catalog ?? (await this.#loadCatalog(deadline));
      const check = this.#options.validate && catalog !== undefined ? checkEvent(read, catalog, deadline) : undefined;
      const message = (): OutgoingMessage => this.#messageOf(read, catalog, options, span);
      // Events are sent in the order of the calls: none overtakes a large one that is still being validated.
      if (check !== undefined || this.#turns.isBusy) await this.#deliverInTurn(message, check, deliver, deadline);
      else await deliver(message(), deadline);
    } catch (error) {
      span?.end(error);
      throw this.#explained(error);
    } finally {
      if (bytes !== undefined) this.#room.leave(bytes);
      deadline.stop();
      span?.end();
    }
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

  async #deliverInTurn(
    message: () => OutgoingMessage,
    check: Promise<void> | undefined,
    deliver: Deliver,
    deadline: Deadline,
  ): Promise<void> {
    const turn = this.#turns.take();
    try {
      // Listened to from now on: it may fail while the turn has not come yet.
      await Promise.all([check, deadline.race(turn.begins)]);
      const delivering = deliver(message(), deadline);
      turn.end();
      await delivering;
    } finally {
      turn.end();
    }
  }

  #messageOf(event: Event, catalog: Catalog | undefined, options: SendOptions, span?: OpenSpan): OutgoingMessage {
    const { messageId = newMessageId(), correlationId, ttlMs } = options;
    const labels = this.#labels.of(event, catalog, options);
    const message: OutgoingMessage = {
      bytes: bytesOf(event),
      messageId,
      ...labels,
      ...(options.properties === undefined ? {} : { applicationProperties: withTexts(labels, options.properties) }),
      ...{ subject: options.subject ?? labels.subject, groupId: options.groupId ?? labels.groupId },
      correlationId,
      ttlMs,
      traceparent: span?.traceparent ?? options.traceparent ?? this.#options.traceparent?.(),
      creationTime: options.repeats?.creationTime ?? new Date(),
      durable: this.#options.durable,
    };
    if (span !== undefined) describeSend(span, this.#domain, message);
    return message;
  }

  readonly #send: Deliver = (message, deadline) => {
    const sending = this.#sends.send(encodeMessage(message), deadline);
    if (this.#connection.status === "idle") void this.connect().catch((error: XqbusError) => this.#giveUp(error));
    return sending;
  };

  readonly #write: Deliver = async (message, deadline) => {
    const openingFeed = this.#openingFeed;
    if (openingFeed === undefined) {
      throw new XqbusError("xqbus:illegal-argument", "enqueue needs the option journal, the path of a file");
    }
    const feed = this.#feed ?? (await deadline.race(openingFeed));
    // Nobody here would send it any more.
    if (this.#sends.closed !== undefined) throw this.#sends.closed;
    await feed.enqueue(message, deadline);
  };

  async #openJournal(options: CheckedJournalOptions, domain: string): Promise<JournalFeed> {
    const { whenFull, reconnect } = this.#options;
    const feed = await JournalFeed.open(options, {
      ...{ domain, whenFull, sends: this.#sends },
      connect: () => this.#connection.start(),
      backoff: reconnectOptions(reconnect === false ? {} : reconnect),
    });
    this.#feed = feed;
    // An event that did not wait for the journal may have made the connection, and it may have ended.
    if (this.#sends.closed !== undefined) feed.stop();
    else if (["connected", "disconnected"].includes(this.#connection.status)) feed.start();
    return feed;
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
      const empty = Promise.all([this.#openingFeed?.catch(() => undefined), this.#room.empty()]);
      await deadline.race(empty.then(([feed]) => feed?.idle())).catch(() => undefined);
      deadline.stop();
    }
    this.#feed?.stop();
    this.#sends.close(
      closedError(),
      new NotConnectedError("the publisher was closed before the broker answered: whether it has the event is unknown"),
    );
    this.#watch.stop();
    await this.#connection.close();
    await (await this.#openingFeed?.catch(() => undefined))?.close();
  }
}
