import type {
  AMQPEventConsumer,
  ConsumerOptions,
  EventPublisher,
  PublisherOptions,
  WaitLimits,
} from "../amqp/index.ts";
import type { Broker } from "../broker/index.ts";
import type { Event } from "../event/index.ts";
import type { Filter } from "../filter/index.ts";
import type { ExpectOptions } from "./test-bus-options.ts";

/**
 * A bus in this process for unit tests: the broker and the clients are the real ones, frames and all. Only the bytes go from
 * stream to stream instead of through a port, and the broker's time passes when the test says so.
 *
 * `await using bus = createTestBus()` closes it, and everything that was opened with it.
 */
export interface TestBus extends AsyncDisposable {
  /** For code that connects by itself: every publisher, consumer and service proxy of this process can use it. */
  readonly url: string;
  /** Its counts and its management. */
  readonly broker: Broker;
  /** The time that the broker sees, ms since 1970. */
  readonly now: number;
  /** The events that were published and accepted so far, whoever sent them, in their order. */
  readonly events: readonly Event[];
  /** Opens a publisher; takes the bus's catalog unless told otherwise. */
  publisher(options?: PublisherOptions): Promise<EventPublisher>;
  /** Opens a consumer that is subscribed; takes the bus's catalog, and its time for retries, unless told otherwise. */
  consumer(options?: ConsumerOptions): Promise<AMQPEventConsumer>;
  /**
   * Publishes an event as an {@link EventPublisher} does; when it resolves, the event is in all subscriptions that want it.
   *
   * @throws InvalidEventError, RefusedError and what else `sendEvent` rejects with
   */
  send(event: Event | string | Uint8Array, options?: WaitLimits): Promise<void>;
  /**
   * Waits for an event that was or will be published. Each event answers one expectation, the oldest first.
   *
   * @param filter XQuery, or a compiled filter; default: any event
   * @param options `timeoutMs` default 1000
   * @throws ExpectationError `xqbus:expectation-failed` listing what came instead, and why it does not match
   * @throws FilterError for a text that is no filter, or matches no event of the catalog; AbortedError
   */
  expectEvent(filter?: string | Filter, options?: ExpectOptions): Promise<Event>;
  /**
   * Waits until nothing moves on the bus any more, and for `timeoutMs` (default 0) beyond; then no event may be left that
   * matches and has answered no expectation.
   *
   * @throws ExpectationError listing the events; FilterError, AbortedError
   */
  expectNoEvent(filter?: string | Filter, options?: ExpectOptions): Promise<void>;
  /** Lets the broker's time pass at once. What is due then is delivered later; see {@link TestBus.advanceTime}. */
  advance(ms: number): void;
  /**
   * Lets the broker's time pass from one thing that is due to the next. Before each of them, and at the end, everything is
   * delivered that is on its way.
   */
  advanceTime(ms: number): Promise<void>;
  /** Resolves when nothing moves on the connections any more. What code does elsewhere (a file, a timer) it knows nothing of. */
  settle(): Promise<void>;
  /** Closes what was opened with it, then the broker. Idempotent. */
  close(): Promise<void>;
}
