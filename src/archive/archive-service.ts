import { setTimeout as sleep } from "node:timers/promises";
import { AMQPEventConsumer, RepeatedDeliveries, type ConnectOptions, type EventDelivery } from "../amqp/index.ts";
import { XqbusError } from "../errors.ts";
import type { Event } from "../event/index.ts";
import { ALONE, type Leases } from "../leases.ts";
import type { Catalog } from "../schema/index.ts";
import { PermanentError } from "../subscription/index.ts";
import { Archive } from "./archive.ts";
import { ArchiveSize } from "./archive-size.ts";
import { carriedBy } from "./event-row.ts";
import { routingKeyTest } from "./query/kind-conditions.ts";
import type { Retention } from "./retention.ts";

/** What archives the events of a bus. */
export interface ArchiveServiceOptions {
  /** The bus. */
  readonly url: string;
  readonly connect: Pick<ConnectOptions, "tls">;
  readonly catalog: Catalog;
  /** URL of the archive's database. */
  readonly database: string;
  /** Folder that relative paths in it start at. */
  readonly folder: string;
  /** Name of the durable subscription. */
  readonly subscription: string;
  /** Whether several processes divide it among them. Default false. */
  readonly isShared?: boolean;
  /** Events that are archived; default: all. */
  readonly routingKey?: string | undefined;
  readonly xquery?: string | undefined;
  readonly retention: Retention;
  /** How often what is not to be kept any more is deleted, in ms. Default 10 minutes. */
  readonly pruneEveryMs?: number;
  /** By which one process at a time deletes: two would both make room for the same events. Default: this process is alone. */
  readonly leases?: Leases;
  /** Also hears, with `xqbus:repeated-delivery`, of events that come again and again without an outcome. */
  readonly onError: (error: XqbusError) => void;
}

/** How archiving is going. */
export interface ArchiveHealth {
  readonly isReceiving: boolean;
  /** Why the last attempt to write failed; undefined: it did not. */
  readonly failure: XqbusError | undefined;
  /** Events that came and are not written yet. */
  readonly waiting: number;
  /** From the sending of the last event to its archiving, in ms. */
  readonly lagMs: number;
}

/** What a service has done since it was made. */
export interface ArchiveServiceCounts {
  readonly written: number;
  readonly batches: number;
  readonly failures: number;
  /** Events that the database does not take, which are dead letters of the subscription. */
  readonly refused: number;
}

/** Events whose writing may be waited for at the same time. */
const CONCURRENCY = 1000;
/** What failed although the database is there. */
const RETRY = "forever exponential 100ms..5s";
/** While the database is away events wait here in their order, and so on the bus. */
const AWAY_FROM_MS = 100;
const AWAY_TO_MS = 5000;
const AGAIN_MS = 5000;
const PRUNE_MS = 10 * 60_000;
const PRUNE_LEASE = "archive.retention";

/** One durable subscription of a bus, whose events go into an archive: each is accepted after it is on disk. */
export class ArchiveService {
  readonly #options: ArchiveServiceOptions;
  readonly #wants: (routingKey: string) => boolean;
  readonly #repeated: RepeatedDeliveries;
  readonly #end = new AbortController();
  #opening: Promise<Archive> | undefined;
  #reaching: Promise<Archive> | undefined;
  #archive: Archive | undefined;
  #consumer: AMQPEventConsumer | undefined;
  #again: NodeJS.Timeout | undefined;
  #endPruning: (() => Promise<void>) | undefined;
  #failure: XqbusError | undefined;
  #waiting = 0;
  #lagMs = 0;
  #refused = 0;

  constructor(options: ArchiveServiceOptions) {
    this.#options = options;
    this.#wants = routingKeyTest(options.routingKey);
    this.#repeated = new RepeatedDeliveries(options.onError);
  }

  get subscription(): string {
    return this.#options.subscription;
  }

  get health(): ArchiveHealth {
    const isReceiving = this.#consumer?.status === "connected";
    return { isReceiving, failure: this.#failure, waiting: this.#waiting, lagMs: this.#lagMs };
  }

  get counts(): ArchiveServiceCounts {
    const { written, batches, failures } = this.#archive?.counts ?? { written: 0, batches: 0, failures: 0 };
    return { written, batches, failures, refused: this.#refused };
  }

  /** Subscribes; when bus or database are away, it goes on trying. Resolves after the first attempt. */
  async start(): Promise<void> {
    const { leases = ALONE, pruneEveryMs = PRUNE_MS } = this.#options;
    this.#endPruning = await leases.hold(PRUNE_LEASE, async (lost) => this.#pruneEvery(pruneEveryMs, lost));
    await this.archive().catch(() => undefined);
    await this.#subscribe();
  }

  /**
   * The archive, which is opened when it is asked for.
   *
   * @throws XqbusError `xqbus:database-unavailable` and the like: the next call tries again
   */
  async archive(): Promise<Archive> {
    if (this.#archive !== undefined) return this.#archive;
    const { database, folder, catalog } = this.#options;
    this.#opening ??= Archive.open(database, {
      ...{ folder, catalog },
      patience: (error, tries) => this.#patience(error, tries),
    }).finally(() => (this.#opening = undefined));
    try {
      this.#archive = await this.#opening;
    } catch (error) {
      this.#fails(error);
      throw error;
    }
    return this.#archive;
  }

  /** Waits for what is being written. The bus keeps what comes from now on. */
  async close(timeoutMs: number): Promise<void> {
    this.#end.abort();
    clearTimeout(this.#again);
    await this.#endPruning?.();
    await this.#consumer?.close({ timeoutMs });
    await this.#opening?.catch(() => undefined);
    await this.#archive?.close();
  }

  async #subscribe(): Promise<void> {
    const { url, connect, subscription, isShared = false, xquery, onError } = this.#options;
    if (this.#end.signal.aborted) return;
    try {
      const consumer = await AMQPEventConsumer.open(url, {
        ...connect,
        ...(xquery === undefined ? {} : { xquery }),
        ...{ durable: subscription, shared: isShared, router: "never", retry: RETRY },
        ...{ concurrency: CONCURRENCY, prefetch: 2 * CONCURRENCY },
        callback: (event, delivery) => this.#take(event, delivery),
        // Why events cannot be written is said once, and not for each of them.
        onError: (error) => void (error.code === "xqbus:callback-failed" ? undefined : onError(error)),
      });
      this.#consumer = consumer;
      consumer.join().catch((error: XqbusError) => {
        onError(error);
        this.#later();
      });
    } catch (error) {
      onError(error as XqbusError);
      this.#later();
    }
  }

  #later(): void {
    if (!this.#end.signal.aborted) this.#again = setTimeout(() => void this.#subscribe(), AGAIN_MS).unref();
  }

  async #take(event: Event, delivery: EventDelivery): Promise<void> {
    const { subject = "", creationTime } = delivery.properties;
    this.#repeated.see(delivery.properties);
    if (!this.#wants(subject)) return;
    this.#waiting++;
    try {
      await (await this.#reached()).add(event, carriedBy(delivery));
      this.#failure = undefined;
      this.#lagMs = Math.max(0, Date.now() - (creationTime?.getTime() ?? Date.now()));
    } catch (error) {
      if (error instanceof XqbusError && error.code === "xqbus:value-refused") throw this.#refuse(error, delivery);
      this.#fails(error);
      throw error;
    } finally {
      this.#waiting--;
    }
  }

  /** Trying again would be of no use, and would go on for ever. */
  #refuse(error: XqbusError, { properties: { messageId } }: EventDelivery): PermanentError {
    this.#refused++;
    const message = `event ${JSON.stringify(messageId ?? "without id")} cannot be archived: ${error.message}`;
    this.#options.onError(
      new XqbusError(error.code, `${message}; it is a dead letter of ${this.#options.subscription}`),
    );
    return new PermanentError(message, { cause: error });
  }

  /** The archive, as soon as it can be opened: all events wait for the same attempts, and go on in their order. */
  async #reached(): Promise<Archive> {
    if (this.#archive !== undefined) return this.#archive;
    this.#reaching ??= this.#reach().finally(() => (this.#reaching = undefined));
    return this.#reaching;
  }

  async #reach(): Promise<Archive> {
    for (let tries = 1; ; tries++) {
      try {
        return await this.archive();
      } catch (error) {
        await this.#patience(error, tries);
      }
    }
  }

  /** @throws the error when the service is closed: then the bus keeps what waits */
  async #patience(error: unknown, tries: number): Promise<void> {
    this.#fails(error);
    const { signal } = this.#end;
    const ms = Math.min(AWAY_TO_MS, AWAY_FROM_MS * 2 ** (tries - 1));
    await sleep(ms, undefined, { signal, ref: false }).catch(() => undefined);
    if (signal.aborted) throw error;
  }

  #fails(error: unknown): void {
    const isNew = this.#failure === undefined;
    this.#failure = error as XqbusError;
    if (isNew) this.#options.onError(this.#failure);
  }

  #pruneEvery(ms: number, lost: AbortSignal): () => Promise<void> {
    const end = new AbortController();
    const signal = AbortSignal.any([lost, end.signal]);
    let running = Promise.resolve();
    // Of this lease: before it somebody else may have deleted.
    const size = new ArchiveSize();
    const timer = setInterval(() => {
      running = running.then(() => this.#prune(signal, size));
    }, ms);
    timer.unref();
    return () => {
      clearInterval(timer);
      end.abort();
      return running;
    };
  }

  async #prune(signal: AbortSignal, size: ArchiveSize): Promise<void> {
    try {
      await (await this.archive()).prune(this.#options.retention, { signal, size });
    } catch (error) {
      if (!signal.aborted) this.#fails(error);
    }
  }
}
