import { XqbusError } from "../errors.ts";
import type { Event } from "../event/index.ts";
import { FilterError, watchFilters, type Filter } from "../filter/index.ts";
import type { ConnectionEvents, ConnectionStatus, Stall } from "./connection-events.ts";
import type { ConsumerCounts } from "./consumer-counts.ts";
import {
  callbackOf,
  checkConsumerOptions,
  filterOf,
  subscriptionOf,
  type CheckedConsumerOptions,
  type ConsumerOptions,
  type EventCallback,
} from "./consumer-options.ts";
import { assertMilliseconds, Deadline, type WaitLimits } from "./deadline.ts";
import { DeliveryFeed, type MatchedDelivery } from "./delivery-feed.ts";
import type { EventDelivery } from "./event-delivery.ts";
import { NotConnectedError } from "./errors.ts";
import { FailedAttempts } from "./failed-attempts.ts";
import { Listeners } from "./listeners.ts";
import type { CloseOptions } from "./publisher-options.ts";
import type { FilterPlacement } from "./placement/index.ts";
import { ReceiveStallWatch } from "./receive-stall-watch.ts";
import { ReceiverLink, type IncomingDelivery } from "./receiver-link.ts";
import { ReconnectingConnection } from "./reconnecting-connection.ts";
import { parseBusUrls } from "./url.ts";

/** What a message may have beside its document: header, properties, application properties. */
const ENVELOPE_BYTES = 64 * 1024;

/**
 * Receives the events of a domain that match a filter.
 *
 * An event is `accepted` when the callback's promise has resolved. When the callback throws, it goes back (`modified`,
 * delivery failed) and comes again, until the delivery number `maxDeliveries`, when it is `rejected` with the error's
 * message. Events that do not match are `accepted`, messages that are no events `rejected`. What a broker delivers again
 * although it was rejected, more than `maxDeliveries` times in all, is `accepted` to be rid of it.
 *
 * A lost connection is made again, and the link with it. What the consumer held by then, the broker delivers again: to this one where
 * the subscription is kept (`durable`, `shared`), else to nobody, as a topic forgets subscribers that are gone. When the consumer has
 * given up (options `reconnect`), {@link AMQPEventConsumer.join} rejects with the reason.
 */
export class AMQPEventConsumer {
  readonly #options: CheckedConsumerOptions;
  readonly #callback: EventCallback | undefined;
  readonly #feed: DeliveryFeed;
  readonly #failures: FailedAttempts = new FailedAttempts();
  readonly #listeners: Listeners<ConnectionEvents> = new Listeners();
  readonly #connection: ReconnectingConnection<ReceiverLink>;
  readonly #watch: ReceiveStallWatch;
  readonly #running: Set<Promise<void>> = new Set();
  readonly #started: Promise<void>;
  readonly #ended: Promise<void>;
  readonly #stopChecking: () => void;
  #resolveEnded: () => void = () => undefined;
  #rejectEnded: (error: XqbusError) => void = () => undefined;
  #link: ReceiverLink | undefined;
  #placement: FilterPlacement | undefined;
  #failure: XqbusError | undefined;
  #closing: Promise<void> | undefined;
  #startIsWatched = false;
  #endIsWatched = false;
  /** What the async iterator's user works on. */
  #current: IncomingDelivery | undefined;
  #isIterated = false;
  #wakeIterator: () => void = () => undefined;

  /**
   * A consumer that is connected and subscribed: events sent from now on reach it.
   *
   * @throws what the constructor throws, and what {@link AMQPEventConsumer.ready} rejects with
   */
  static async open(url: string | readonly string[], options: ConsumerOptions = {}): Promise<AMQPEventConsumer> {
    const consumer = new AMQPEventConsumer(url, options);
    await consumer.ready;
    return consumer;
  }

  /**
   * Compiles the filter and begins to connect.
   *
   * @param url `amqp[s]://user:password@host:port/domain`; several brokers as an array, or with commas between
   * @throws FilterError the query does not compile, with the code of the W3C and the place, or can match no event of the catalog
   *   (`xqbus:filter-…`); nothing was connected
   * @throws XqbusError `xqbus:invalid-url`, `xqbus:illegal-argument`
   */
  constructor(url: string | readonly string[], options: ConsumerOptions = {}) {
    const urls = parseBusUrls(url);
    this.#options = checkConsumerOptions(options);
    this.#callback = callbackOf(options);
    const maxMessageBytes = this.#options.limits.maxBytes + ENVELOPE_BYTES;
    const filter = filterOf(options);
    this.#feed = new DeliveryFeed(filter, { ...this.#options, maxMessageBytes }, this.#report, this.#proceed);
    this.#watch = new ReceiveStallWatch(this.#options.stallTimeoutMs, this.#stalled);
    const { prefetch } = this.#options;
    const subscription = subscriptionOf(options, filter);
    // The broker knows a durable subscription by container and link.
    const { containerId = subscription.durable && `xqbus-${subscription.durable}` } = options;
    const isOwn = subscription.shared === undefined && containerId !== undefined;
    this.#connection = new ReconnectingConnection(
      urls,
      { ...this.#options, ...(isOwn ? { containerId } : {}) },
      { prefetch, maxMessageBytes },
      {
        attach: (connection, deadline) => ReceiverLink.attach(connection, subscription, prefetch, deadline),
        up: (link) => {
          this.#link = link;
          this.#placement = link.placement;
          link.start((incoming) => this.#receive(incoming));
          this.#watch.start(link);
        },
        down: () => {
          this.#watch.stop();
          this.#link = undefined;
          // They have no outcome any more: the broker delivers them again.
          this.#feed.drain();
        },
        fault: (error) => this.#report(error),
        ended: (error) => this.#fail(error, this.#endIsWatched),
      },
      this.#listeners,
    );
    this.#ended = new Promise((resolve, reject) => {
      this.#resolveEnded = resolve;
      this.#rejectEnded = reject;
    });
    this.#stopChecking = this.#check(filter);
    // Who does not ask for these promises hears of a failure through onError instead.
    this.#ended.catch(() => undefined);
    this.#started = this.#start();
    this.#started.catch((error: XqbusError) => this.#fail(error, this.#startIsWatched || this.#endIsWatched));
  }

  /**
   * Resolves when the consumer is subscribed.
   *
   * Rejects with NotConnectedError, AuthenticationError, CertificateError, RefusedError (the broker knows no such topic),
   * TimeoutError, AbortedError, or `xqbus:already-closed` when it was closed before.
   */
  get ready(): Promise<void> {
    this.#startIsWatched = true;
    return this.#started;
  }

  /** Where the consumer stands. */
  get status(): ConnectionStatus {
    return this.#failure === undefined ? this.#connection.status : "failed";
  }

  /**
   * Tells of the connection: `connected`, `disconnected`, `stalled`.
   *
   * @returns takes the listener away
   */
  on<K extends keyof ConnectionEvents>(name: K, listener: (event: ConnectionEvents[K]) => void): () => void {
    return this.#listeners.on(name, listener);
  }

  /** Where the filter runs: what the broker was asked for and applies, and why. Undefined until the consumer was connected once. */
  get placement(): FilterPlacement | undefined {
    return this.#placement;
  }

  /** How many events of each type had no handler, for at most 1 000 types. */
  get unhandledTypes(): ReadonlyMap<string, number> {
    return new Map(this.#feed.unhandledTypes);
  }

  /** What became of the messages so far. */
  get counts(): ConsumerCounts {
    return { ...this.#feed.counts };
  }

  /** Resolves when the consumer was closed; rejects with the reason when it can no longer consume. */
  join(): Promise<void> {
    this.#endIsWatched = true;
    return this.#ended;
  }

  /**
   * Stops receiving, waits for running callbacks up to `closeTimeoutMs`, gives back what waits, and disconnects. An event
   * whose callback is still running by then will be delivered again. Always ends. Idempotent.
   *
   * Inside a callback call it without `await`: it waits for that callback.
   */
  close(options: CloseOptions = {}): Promise<void> {
    if (options.timeoutMs !== undefined) assertMilliseconds(options.timeoutMs, "timeoutMs");
    this.#closing ??= this.#close(options);
    return this.#closing;
  }

  /**
   * Ends a durable subscription: what waits for it in the broker is thrown away. Closes the consumer, too.
   *
   * @throws NotConnectedError there is no connection now, and so the broker still has the subscription; RefusedError, TimeoutError,
   * AbortedError
   */
  async unsubscribe({ timeoutMs = this.#options.timeoutMs, signal }: WaitLimits = {}): Promise<void> {
    const link = this.#link;
    if (link === undefined) throw new NotConnectedError("the subscription was not ended: there is no connection now");
    const deadline = new Deadline("ending the subscription", { timeoutMs, signal, option: "timeoutMs" });
    try {
      this.#closing ??= this.#close({}, () => link.unsubscribe(deadline));
      await this.#closing;
    } finally {
      deadline.stop();
    }
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /**
   * The matching events, for a consumer without callback; once per consumer. An event is `accepted` when the next one is
   * asked for, and when the loop ends: leaving it closes the consumer. An exception that leaves the loop's body looks
   * the same as `break` from here, so that its event is `accepted` too. An event that the body works on while somebody
   * calls `close()` is given back. The loop throws when the consumer can no longer consume.
   *
   * @throws XqbusError `xqbus:illegal-argument` when there is a callback, or a loop already
   */
  [Symbol.asyncIterator](): AsyncIterator<EventDelivery, undefined> {
    if (this.#callback !== undefined || this.#isIterated) {
      const problem = this.#isIterated ? "is iterated already" : "has a callback, which gets the events";
      throw new XqbusError("xqbus:illegal-argument", `the consumer ${problem}; open another one to iterate`);
    }
    this.#isIterated = true;
    this.#endIsWatched = true;
    const finished = { done: true, value: undefined } as const;
    let last: Promise<unknown> = Promise.resolve();
    return {
      next: () => {
        const next = last.then(async (): Promise<IteratorResult<EventDelivery, undefined>> => {
          const matched = await this.#take();
          return matched === undefined ? finished : { done: false, value: matched.delivery };
        });
        last = next.catch(() => undefined);
        return next;
      },
      return: async () => {
        this.#acceptCurrent();
        await this.close();
        return finished;
      },
    };
  }

  /** Tells what the catalog has against the filter, now and when it changes. @returns ends it */
  #check(filter: Filter): () => void {
    const { catalog } = this.#options;
    if (catalog === undefined) return () => undefined;
    const { text, warnings } = filter;
    // Not from the constructor, whose caller has no consumer yet.
    if (warnings.length > 0) queueMicrotask(() => this.#report(FilterError.ofProblems(text, warnings)));
    return watchFilters(catalog, [filter], (_, { problems }) => this.#report(FilterError.ofProblems(text, problems)));
  }

  async #start(): Promise<void> {
    try {
      await this.#connection.start(this.#options.signal);
    } catch (error) {
      if (this.#closing === undefined) throw error;
      throw new XqbusError("xqbus:already-closed", "the consumer was closed before it was ready", { cause: error });
    }
  }

  readonly #stalled = (stall: Stall): void => {
    this.#listeners.emit("stalled", stall);
    if (stall.reason !== "callbacks") this.#connection.abandon(new NotConnectedError(stall.message));
  };

  #receive(incoming: IncomingDelivery): void {
    if (this.#closing !== undefined) {
      incoming.release();
      return;
    }
    this.#feed.push(incoming);
    this.#proceed();
  }

  /** Something waits that did not before. */
  readonly #proceed = (): void => {
    if (this.#callback === undefined) this.#wakeIterator();
    else this.#work(this.#callback);
  };

  #work(callback: EventCallback): void {
    while (
      this.#closing === undefined &&
      this.#failure === undefined &&
      this.#running.size < this.#options.concurrency
    ) {
      const matched = this.#feed.nextMatch();
      if (matched === undefined) return;
      // Not called from here: a callback that calls close() must be among the running ones by then.
      const run = Promise.resolve().then(() => this.#call(callback, matched));
      this.#running.add(run);
      void run.then(() => {
        this.#running.delete(run);
        this.#work(callback);
      });
    }
  }

  async #call(callback: EventCallback, { incoming, delivery }: MatchedDelivery): Promise<void> {
    const { event, properties } = delivery;
    try {
      await callback(event, delivery);
      incoming.accept();
    } catch (cause) {
      this.#feed.counts.failed++;
      const reason = cause instanceof Error ? cause.message : String(cause);
      const { maxDeliveries } = this.#options;
      const attempt = this.#failures.record(delivery);
      if (attempt < maxDeliveries) incoming.retry();
      else if (attempt === maxDeliveries) incoming.reject("xqbus:callback-failed", reason);
      // Rejected before, and there it is again.
      else incoming.accept();
      const which = `${event.name} event ${properties.messageId ?? "without message id"}`;
      const message = `the callback failed on ${which} (delivery ${attempt}, maxDeliveries ${maxDeliveries}): ${reason}`;
      this.#report(new XqbusError("xqbus:callback-failed", message, { cause }), event);
    }
  }

  async #take(): Promise<MatchedDelivery | undefined> {
    this.#acceptCurrent();
    for (;;) {
      if (this.#failure !== undefined) throw this.#failure;
      if (this.#closing !== undefined) return undefined;
      const matched = this.#feed.nextMatch();
      if (matched !== undefined) {
        this.#current = matched.incoming;
        return matched;
      }
      await new Promise<void>((resolve) => {
        this.#wakeIterator = resolve;
      });
    }
  }

  #acceptCurrent(): void {
    this.#current?.accept();
    this.#current = undefined;
  }

  /** The consumer can no longer consume. */
  #fail(error: XqbusError, isWatched: boolean): void {
    if (this.#failure !== undefined || this.#closing !== undefined) return;
    this.#failure = error;
    this.#stopChecking();
    this.#feed.drain();
    this.#rejectEnded(error);
    this.#wakeIterator();
    if (!isWatched) this.#report(error);
  }

  /** @param end is done when nothing is handled any more, and before the connection goes */
  async #close({ drain = true, timeoutMs }: CloseOptions, end?: () => Promise<void>): Promise<void> {
    this.#stopChecking();
    this.#watch.stop();
    if (this.status !== "connected") await this.#connection.close();
    await this.#started.catch(() => undefined);
    this.#link?.stop();
    for (const incoming of this.#feed.drain()) incoming.release();
    this.#current?.release();
    this.#wakeIterator();
    if (drain) await this.#finishRunning(timeoutMs ?? this.#options.closeTimeoutMs);
    try {
      await end?.();
    } finally {
      await this.#connection.close();
      this.#link = undefined;
      this.#resolveEnded();
    }
  }

  async #finishRunning(timeoutMs: number): Promise<void> {
    const deadline = new Deadline("closing", { timeoutMs, option: "closeTimeoutMs" });
    await deadline.race(Promise.all(this.#running)).catch(() => undefined);
    deadline.stop();
  }

  readonly #report = (error: XqbusError, event?: Event): void => {
    try {
      this.#options.onError(error, event);
    } catch (thrown) {
      process.emitWarning(`onError threw: ${String(thrown)}`, { code: "xqbus:callback-failed" });
    }
  };
}
