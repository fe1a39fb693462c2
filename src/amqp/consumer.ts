import { textOf, XqbusError } from "../errors.ts";
import type { Event } from "../event/index.ts";
import { FilterError, watchFilters, type Filter } from "../filter/index.ts";
import { Subscription, type SubscriptionCounts } from "../subscription/index.ts";
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
import { ConsumerSource } from "./consumer-source.ts";
import { DeadLetters } from "./dead-letters.ts";
import { assertMilliseconds, Deadline, type WaitLimits } from "./deadline.ts";
import { DeliveryLoop } from "./delivery-loop.ts";
import type { EventDelivery } from "./event-delivery.ts";
import type { MatchedDelivery } from "./matched-delivery.ts";
import { NotConnectedError } from "./errors.ts";
import { handlingOptions, stopOptions } from "./handling.ts";
import { Listeners } from "./listeners.ts";
import type { CloseOptions } from "./publisher-options.ts";
import type { FilterPlacement } from "./placement/index.ts";
import { ReceiveStallWatch } from "./receive-stall-watch.ts";
import { ReceiverLink } from "./receiver-link.ts";
import { ReconnectingConnection } from "./reconnecting-connection.ts";
import type { EndedSubscription } from "./router-mode.ts";
import { RoutedSubscription } from "./routed-subscription.ts";
import { SideLinks } from "./side-links.ts";
import { tracedCallback } from "./traced-messages.ts";
import { parseBusUrls } from "./url.ts";

/** What a message may have beside its document: header, properties, application properties. */
const ENVELOPE_BYTES = 64 * 1024;

/** Characters of the name in dead letters. */
const MAX_NAME = 200;

/**
 * Receives the events of a domain that match a filter.
 *
 * An event is `accepted` when the callback's promise has resolved. When the callback throws, the event goes back (`modified`, delivery
 * failed) and comes again, until the delivery number `maxDeliveries`, or with the option `retry` waits here for its next attempt. Then it
 * is a dead letter: `rejected` with the error's message, or sent to `deadLetterTo`. Events that do not match are `accepted`; messages
 * that are no events, or invalid ones, are dead letters. What a broker delivers again although it was rejected, more than
 * `maxDeliveries` times in all, is `accepted` to be rid of it. The rules in full: `docs/client.md`, `docs/subscription.md`.
 *
 * A lost connection is made again, and the link with it. What the consumer held by then, the broker delivers again: to this one where
 * the subscription is kept (`durable`, `shared`), else to nobody, as a topic forgets subscribers that are gone. When the consumer has
 * given up (options `reconnect`), {@link AMQPEventConsumer.join} rejects with the reason.
 */
export class AMQPEventConsumer {
  readonly #options: CheckedConsumerOptions;
  readonly #callback: EventCallback | undefined;
  readonly #loop: DeliveryLoop = new DeliveryLoop();
  readonly #links: SideLinks;
  readonly #deadLetters: DeadLetters;
  readonly #source: ConsumerSource;
  readonly #subscription: Subscription<MatchedDelivery>;
  readonly #listeners: Listeners<ConnectionEvents> = new Listeners();
  readonly #connection: ReconnectingConnection<ReceiverLink>;
  readonly #watch: ReceiveStallWatch;
  readonly #routed: RoutedSubscription;
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
  #isIterated = false;
  #isPaused = false;
  #isUnsubscribing = false;

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
    const { prefetch } = this.#options;
    const subscription = subscriptionOf(options, filter);
    this.#routed = new RoutedSubscription(url, this.#options, subscription);
    const { name: given = subscription.durable ?? subscription.shared ?? urls[0].domain } = options;
    const name = given.slice(0, MAX_NAME);
    this.#links = new SideLinks(this.#options.timeoutMs);
    this.#deadLetters = new DeadLetters({ ...this.#options, name }, this.#links, this.#report);
    const sourceOptions = { ...this.#options, maxMessageBytes, canDelay: options.retry === undefined };
    this.#source = new ConsumerSource(filter, sourceOptions, this.#deadLetters, this.#report);
    const callback =
      this.#callback && tracedCallback(this.#callback, urls[0].domain, subscription.durable ?? subscription.shared);
    this.#subscription = new Subscription(
      this.#source,
      callback === undefined ? this.#loop.handle : (delivery, context) => callback(delivery.event, delivery, context),
      handlingOptions(this.#options, { name, isLoop: callback === undefined }, this.#report),
    );
    this.#watch = new ReceiveStallWatch(this.#options.stallTimeoutMs, this.#stalled);
    // The broker knows a durable subscription by container and link.
    const { containerId = subscription.durable && `xqbus-${subscription.durable}` } = options;
    const isOwn = subscription.shared === undefined && containerId !== undefined;
    this.#connection = new ReconnectingConnection(
      urls,
      { ...this.#options, ...(isOwn ? { containerId } : {}) },
      { prefetch, maxMessageBytes },
      {
        attach: async (connection, deadline) => {
          const wanted = await this.#routed.on(connection, deadline);
          return ReceiverLink.attach(connection, wanted, prefetch, deadline);
        },
        up: (link, connection) => {
          this.#link = link;
          this.#links.use(connection);
          this.#source.attach(link);
          this.#placement = link.placement;
          this.#watch.start(link);
          this.#routed.watch(() => this.#source.feed.counts.received, this.#routeGone);
        },
        down: () => {
          this.#watch.stop();
          this.#routed.unwatch();
          this.#link = undefined;
          this.#links.use(undefined);
          this.#source.detach();
          this.#subscription.recall();
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
    if (callback !== undefined) void this.#subscription.start();
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
    return new Map(this.#source.feed.unhandledTypes);
  }

  /** What became of the messages so far. */
  get counts(): ConsumerCounts {
    const { failed, duplicates } = this.#subscription.counts;
    const { deadLettered, parked } = this.#deadLetters;
    return { ...this.#source.feed.counts, failed, duplicates, deadLettered, parked };
  }

  /** What became of the matching events that came to their turn, and where those at hand are. */
  get handling(): SubscriptionCounts {
    return this.#subscription.counts;
  }

  /** Whether {@link AMQPEventConsumer.pause} was called, and {@link AMQPEventConsumer.resume} not since. */
  get isPaused(): boolean {
    return this.#isPaused;
  }

  /** Lets no callback begin until {@link AMQPEventConsumer.resume}. What runs goes on; up to `prefetch` messages wait here. */
  pause(): void {
    this.#isPaused = true;
    this.#subscription.pause();
  }

  resume(): void {
    this.#isPaused = false;
    this.#subscription.resume();
  }

  /** Resolves when the consumer was closed; rejects with the reason when it can no longer consume. */
  join(): Promise<void> {
    this.#endIsWatched = true;
    return this.#ended;
  }

  /**
   * Stops receiving, gives back what waits, waits for running callbacks up to `closeTimeoutMs`, and disconnects. Shortly before that
   * time is over, their `signal` is aborted; an event whose callback is still running then goes back. Always ends. Idempotent.
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
   * @returns what waited, where a router knows it
   * @throws XqbusError `xqbus:already-closed` close() was called before, which keeps the subscription
   * @throws NotConnectedError there is no connection now, and so the broker still has the subscription; RefusedError, TimeoutError,
   * AbortedError
   */
  async unsubscribe({ timeoutMs = this.#options.timeoutMs, signal }: WaitLimits = {}): Promise<EndedSubscription> {
    // One that is closing already keeps the subscription, and must not seem to have ended it.
    if (this.#closing !== undefined && !this.#isUnsubscribing) {
      throw new XqbusError("xqbus:already-closed", "the subscription was not ended: the consumer was closed before");
    }
    const link = this.#link;
    if (link === undefined) throw new NotConnectedError("the subscription was not ended: there is no connection now");
    const deadline = new Deadline("ending the subscription", { timeoutMs, signal, option: "timeoutMs" });
    try {
      this.#isUnsubscribing = true;
      const { routed } = this.#routed;
      let ended: EndedSubscription = { waiting: undefined };
      const end = async (): Promise<void> => {
        if (routed === undefined) await link.unsubscribe(deadline);
        else ended = await this.#routed.end(deadline);
      };
      this.#closing ??= this.#close({}, end);
      await this.#closing;
      return ended;
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
          const value = await this.#next();
          return value === undefined ? finished : { done: false, value };
        });
        last = next.catch(() => undefined);
        return next;
      },
      return: async () => {
        this.#loop.finish();
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
    if (stall.reason === "callbacks" && this.#isPaused) return;
    this.#listeners.emit("stalled", stall);
    if (stall.reason !== "callbacks") this.#connection.abandon(new NotConnectedError(stall.message));
  };

  /** As a broker does with a durable subscription that is deleted: the link is gone, and the next one makes it again. */
  readonly #routeGone = (error: XqbusError): void => {
    if (this.#options.reconnect !== false) this.#report(error);
    this.#connection.abandon(error);
  };

  /** The next event of the loop, with which the subscription begins. */
  #next(): Promise<EventDelivery | undefined> {
    const next = this.#loop.next();
    if (this.#closing === undefined && this.#subscription.state === "idle") {
      void this.#subscription.start();
      if (this.#isPaused) this.#subscription.pause();
    }
    return next;
  }

  /** The consumer can no longer consume. */
  #fail(error: XqbusError, isWatched: boolean): void {
    if (this.#failure !== undefined || this.#closing !== undefined) return;
    this.#failure = error;
    this.#stopChecking();
    this.#rejectEnded(error);
    this.#loop.fail(error);
    if (!isWatched) this.#report(error);
  }

  /** @param end is done when nothing is handled any more, and before the connection goes */
  async #close({ drain = true, timeoutMs }: CloseOptions, end?: () => Promise<void>): Promise<void> {
    this.#stopChecking();
    this.#watch.stop();
    this.#routed.unwatch();
    if (this.status !== "connected") await this.#connection.close();
    await this.#started.catch(() => undefined);
    this.#source.stop();
    const patienceMs = drain ? (timeoutMs ?? this.#options.closeTimeoutMs) : 0;
    const stopped = this.#subscription.stop(stopOptions(patienceMs, this.#callback === undefined));
    this.#loop.end(new XqbusError("xqbus:already-closed", "the consumer was closed"));
    await stopped;
    try {
      await end?.();
    } finally {
      await this.#connection.close();
      this.#routed.unwatch(); // It may have been connected again meanwhile.
      this.#link = undefined;
      this.#resolveEnded();
    }
  }

  readonly #report = (error: XqbusError, event?: Event): void => {
    try {
      this.#options.onError(error, event);
    } catch (thrown) {
      process.emitWarning(`onError threw: ${textOf(thrown)}`, { code: "xqbus:callback-failed" });
    }
  };
}
