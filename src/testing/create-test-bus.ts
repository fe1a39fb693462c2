import { setImmediate as nextTurn } from "node:timers/promises";
import { AbortedError, addInProcessHost, AMQPEventConsumer, EventPublisher, newInProcessHost } from "../amqp/index.ts";
import type { ConsumerOptions, PublisherOptions, WaitLimits } from "../amqp/index.ts";
import { createMemoryBroker } from "../broker/index.ts";
import type { Broker } from "../broker/index.ts";
import { XqbusError } from "../errors.ts";
import type { Event } from "../event/index.ts";
import { compileFilter } from "../filter/index.ts";
import type { Filter } from "../filter/index.ts";
import { EventJournal } from "./event-journal.ts";
import { missingEvent, unexpectedEvents } from "./expectation-error.ts";
import type { TestBus } from "./test-bus.ts";
import type { ExpectOptions, TestBusOptions } from "./test-bus-options.ts";
import { VirtualClock } from "./virtual-clock.ts";

const DEFAULT_EXPECT_MS = 1000;
/** Turns of the event loop without a byte: an answer takes its sender's turn, the broker's and the receiver's. */
const QUIET_TURNS = 8;

/**
 * A bus in this process for one test; see {@link TestBus}.
 *
 * @throws XqbusError `xqbus:illegal-argument` for an option that cannot be used
 */
export function createTestBus(options: TestBusOptions = {}): TestBus {
  return new InProcessBus(options);
}

class InProcessBus implements TestBus {
  readonly url: string;
  readonly broker: Broker;
  readonly #options: TestBusOptions;
  readonly #clock: VirtualClock;
  readonly #journal = new EventJournal();
  readonly #removeHost: () => void;
  readonly #clients: { close(): Promise<void> }[] = [];
  #publisher: Promise<EventPublisher> | undefined;
  #traffic = 0;
  #closing: Promise<void> | undefined;

  constructor(options: TestBusOptions) {
    const { now = Date.now(), domain } = options;
    if (!Number.isFinite(now)) throw illegal(`option now is ${now}; expected ms since 1970`);
    this.#options = options;
    this.#clock = new VirtualClock(now);
    const host = newInProcessHost();
    const { broker, connect } = createMemoryBroker({
      ...options.broker,
      host,
      clock: this.#clock,
      onAccepted: (message) => this.#journal.record(message),
      onTraffic: () => this.#traffic++,
    });
    this.broker = broker;
    this.url = broker.url(undefined, domain);
    this.#removeHost = addInProcessHost(host, connect);
  }

  get now(): number {
    return this.#clock.now();
  }

  get events(): readonly Event[] {
    return this.#journal.all.map(({ event }) => event);
  }

  async publisher(options: PublisherOptions = {}): Promise<EventPublisher> {
    const { catalog, validate } = this.#options;
    const own = { ...(catalog === undefined ? {} : { catalog }), ...(validate === undefined ? {} : { validate }) };
    return this.#keep(await EventPublisher.open(this.url, { ...own, ...options }));
  }

  async consumer(options: ConsumerOptions = {}): Promise<AMQPEventConsumer> {
    const catalog = await this.#options.catalog;
    return this.#keep(
      await AMQPEventConsumer.open(this.url, {
        clock: this.#clock,
        ...(catalog === undefined ? {} : { catalog }),
        ...options,
      }),
    );
  }

  async send(event: Event | string | Uint8Array, options: WaitLimits = {}): Promise<void> {
    this.#publisher ??= this.publisher();
    await (await this.#publisher).sendEvent(event, options);
  }

  async expectEvent(filter?: string | Filter, options: ExpectOptions = {}): Promise<Event> {
    const { timeoutMs = DEFAULT_EXPECT_MS } = options;
    const compiled = await this.#compile(filter);
    const found = await this.#wait({ ...options, timeoutMs }, () => this.#journal.open(compiled)[0]);
    if (found === undefined) throw missingEvent(compiled, timeoutMs, this.#journal.all);
    found.taken = true;
    return found.event;
  }

  async expectNoEvent(filter?: string | Filter, options: ExpectOptions = {}): Promise<void> {
    const { timeoutMs = 0 } = options;
    const compiled = await this.#compile(filter);
    await this.settle();
    await this.#wait({ ...options, timeoutMs }, () => this.#journal.open(compiled)[0]);
    const found = this.#journal.open(compiled);
    if (found.length > 0) throw unexpectedEvents(compiled, found);
  }

  advance(ms: number): void {
    this.#clock.advance(duration(ms));
  }

  async advanceTime(ms: number): Promise<void> {
    const end = this.now + duration(ms);
    await this.settle();
    while (this.#clock.ringNext(end)) await this.settle();
    this.#clock.advance(end - this.now);
  }

  async settle(): Promise<void> {
    let seen = this.#traffic;
    for (let quiet = 0; quiet < QUIET_TURNS; quiet++) {
      await nextTurn();
      if (seen !== this.#traffic) quiet = 0;
      seen = this.#traffic;
    }
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #keep<T extends { close(): Promise<void> }>(client: T): T {
    this.#clients.push(client);
    return client;
  }

  async #compile(filter: string | Filter | undefined): Promise<Filter | undefined> {
    if (typeof filter !== "string") return filter;
    const { defaultElementNamespace } = this.#options;
    const catalog = await this.#options.catalog;
    return compileFilter(filter, {
      ...(defaultElementNamespace === undefined ? {} : { defaultElementNamespace }),
      ...(catalog === undefined ? {} : { catalog }),
    });
  }

  /** Looks now and whenever an event was recorded; undefined when the time is up. */
  async #wait<T>(
    { timeoutMs, signal }: ExpectOptions & { readonly timeoutMs: number },
    look: () => T | undefined,
  ): Promise<T | undefined> {
    if (!(timeoutMs >= 0)) throw illegal(`option timeoutMs is ${timeoutMs}; expected ms, at least 0`);
    const aborted = (): AbortedError =>
      new AbortedError("waiting for an event was ended by the caller's AbortSignal", { cause: signal?.reason });
    if (signal?.aborted === true) throw aborted();
    const found = look();
    if (found !== undefined || timeoutMs === 0) return found;
    return new Promise((resolve, reject) => {
      const end = (settle: () => void) => (): void => {
        clearTimeout(timer);
        forget();
        signal?.removeEventListener("abort", onAbort);
        settle();
      };
      const onAbort = end(() => reject(aborted()));
      const timer = setTimeout(
        end(() => resolve(undefined)),
        timeoutMs,
      );
      const forget = this.#journal.onRecord(() => {
        const arrived = look();
        if (arrived !== undefined) end(() => resolve(arrived))();
      });
      signal?.addEventListener("abort", onAbort, { once: true });
    });
  }

  async #close(): Promise<void> {
    await Promise.all(this.#clients.map((client) => client.close()));
    await this.broker.close();
    this.#removeHost();
  }
}

function duration(ms: number): number {
  if (Number.isFinite(ms) && ms >= 0) return ms;
  throw illegal(`time cannot pass by ${ms} ms; expected a number, at least 0`);
}

function illegal(message: string): XqbusError {
  return new XqbusError("xqbus:illegal-argument", message);
}
