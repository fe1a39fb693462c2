import { AMQPEventConsumer, RepeatedDeliveries, type EventDelivery } from "../amqp/index.ts";
import { XqbusError } from "../errors.ts";
import { boundedLine, PermanentError } from "../subscription/index.ts";
import type { Event } from "../event/index.ts";
import type { ListenerLogRecord } from "./listener-log.ts";
import type { CheckedListenersOptions } from "./listeners-options.ts";

/** What a tap is made of. */
export interface TapOptions {
  readonly options: CheckedListenersOptions;
  /** Its name on the bus. */
  readonly subscription: string;
  /** Whether several processes divide it among them. */
  readonly isShared: boolean;
  /** Whether this process may decide what an event is for; one that may not leaves events to others. */
  readonly isCurrent: () => boolean;
  /** Resolves when the event is on disk, or nobody wants it. */
  readonly take: (event: Event, delivery: EventDelivery) => Promise<void>;
  readonly onLog: (record: ListenerLogRecord) => void;
}

/** What could not be stored waits here, and so on the bus, until it can. */
const RETRY = "forever exponential 100ms..30s";
/** From one attempt to open the subscription to the next, in ms. */
const OPEN_AGAIN_MS = 5000;
/** What is wrong for many events alike. */
const OFTEN: readonly string[] = ["xqbus:store-full", "xqbus:database-unavailable"];
/** Characters of a message id in an error. */
const MAX_ID_TOLD = 100;
/** From one word on the same trouble to the next, in ms. */
const TELL_EVERY_MS = 60_000;

/** The durable subscription on the bus, which all listeners of a daemon share: there as long as somebody listens. */
export class Tap {
  readonly #given: TapOptions;
  readonly #repeated: RepeatedDeliveries;
  #consumer: AMQPEventConsumer | undefined;
  #opening: Promise<void> | undefined;
  #cancelAlarm: (() => void) | undefined;
  #isWanted = false;
  /** What was told, and when. */
  #told: { readonly message: string; readonly at: number } | undefined;

  constructor(given: TapOptions) {
    this.#given = given;
    this.#repeated = new RepeatedDeliveries(({ code, message }) => given.onLog({ level: "warn", message, code }));
  }

  /** Whether events reach the listeners now. */
  get isOpen(): boolean {
    return this.#consumer?.status === "connected";
  }

  /**
   * Subscribes; events that are sent when it has resolved reach the listeners.
   *
   * @throws what `AMQPEventConsumer.open` throws: then there is no subscription
   */
  async open(): Promise<void> {
    this.#isWanted = true;
    this.#opening ??= this.#open().finally(() => (this.#opening = undefined));
    await this.#opening;
  }

  /** Likewise, again and again until it succeeds. Resolves after the first attempt. */
  async keepOpen(): Promise<void> {
    try {
      await this.open();
    } catch (error) {
      this.#openLater(error as XqbusError);
    }
  }

  /** Stops receiving; the bus keeps what comes. */
  async close(timeoutMs: number): Promise<void> {
    this.#isWanted = false;
    this.#cancelAlarm?.();
    await this.#opening?.catch(() => undefined);
    const consumer = this.#consumer;
    this.#consumer = undefined;
    await consumer?.close({ timeoutMs });
  }

  /** Ends the subscription: nobody listens any more. Never rejects. */
  async end(): Promise<void> {
    this.#isWanted = false;
    this.#cancelAlarm?.();
    await this.#opening?.catch(() => undefined);
    const consumer = this.#consumer;
    this.#consumer = undefined;
    if (consumer === undefined) return;
    try {
      await consumer.unsubscribe();
    } catch (error) {
      await consumer.close();
      const { code, message } = error as XqbusError;
      const text = `the subscription ${this.#given.subscription} could not be ended, and the bus goes on filling it: ${message}`;
      this.#given.onLog({ level: "warn", message: text, code });
    }
  }

  async #open(): Promise<void> {
    if (this.#consumer !== undefined) return;
    const { options, subscription, isShared, isCurrent, onLog } = this.#given;
    if (!isCurrent()) throw notCurrent();
    const { url, connect, catalog, clock, maxArriving } = options;
    const consumer = await AMQPEventConsumer.open(url, {
      ...connect,
      ...{ catalog, clock, callback: this.#take, durable: subscription, shared: isShared, retry: RETRY },
      // Many at a time, so that one flush of the disk is for many.
      concurrency: maxArriving,
      prefetch: 2 * maxArriving,
      onError: (error, event) => {
        const { code, message } = error.code === "xqbus:callback-failed" ? causeOf(error) : error;
        if (OFTEN.includes(code) && !this.#isTimeToTell(code)) return;
        onLog({ level: "error", message: `${event?.name ?? "an event"} from the bus: ${message}`, code });
      },
    });
    this.#consumer = consumer;
    this.#told = undefined;
    consumer.join().then(
      () => undefined,
      (error: XqbusError) => {
        if (this.#consumer !== consumer) return;
        this.#consumer = undefined;
        this.#openLater(error);
      },
    );
  }

  readonly #take: TapOptions["take"] = async (...arrived) => {
    if (this.#given.isCurrent()) {
      this.#repeated.see(arrived[1].properties);
      return this.#given.take(...arrived).catch((error: unknown) => {
        throw permanentIfRefused(error, arrived[1]);
      });
    }
    const error = notCurrent();
    const consumer = this.#consumer;
    this.#consumer = undefined;
    if (consumer !== undefined) {
      this.#openLater(error);
      // What is under way goes to the others at once.
      void consumer.close({ timeoutMs: 1 });
    }
    throw error;
  };

  /** What is full is full for many events and for each of their attempts, and a bus that is away is so for a while. */
  #isTimeToTell(message: string): boolean {
    const now = this.#given.options.clock.now();
    if (this.#told?.message === message && now - this.#told.at < TELL_EVERY_MS) return false;
    this.#told = { message, at: now };
    return true;
  }

  #openLater({ code, message }: XqbusError): void {
    const { options, onLog } = this.#given;
    if (!this.#isWanted) return;
    const text = `no events come from the bus (${message}); it is tried again every ${OPEN_AGAIN_MS / 1000} s`;
    if (this.#isTimeToTell(text)) onLog({ level: "error", message: text, code });
    this.#cancelAlarm = options.clock.at(options.clock.now() + OPEN_AGAIN_MS, () => void this.keepOpen());
  }
}

/** A value that a database does not take, it will not take later: the bus has a place for such events. */
function permanentIfRefused(error: unknown, { properties: { messageId } }: EventDelivery): unknown {
  if (!(error instanceof XqbusError) || error.code !== "xqbus:value-refused") return error;
  const id = boundedLine(messageId ?? "none", MAX_ID_TOLD);
  return new PermanentError(`the listeners cannot store the event (message id ${id}): ${error.message}`, {
    cause: error,
  });
}

function notCurrent(): XqbusError {
  return new XqbusError("xqbus:database-unavailable", "the other processes of the bus cannot be heard of");
}

function causeOf(error: XqbusError): XqbusError {
  const { cause } = error as { readonly cause?: unknown };
  return cause instanceof Error && "code" in cause ? (cause as XqbusError) : error;
}
