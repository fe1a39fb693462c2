import {
  AMQPEventConsumer,
  type ConnectOptions,
  type EventDelivery,
  type MessageProperties,
} from "../../../amqp/index.ts";
import type { XqbusError } from "../../../errors.ts";
import { maskSensitive, toJson, type Event, type JsonEvent } from "../../../event/index.ts";
import { DEFAULT_FILTER_INDEX_OPTIONS, EVERY_EVENT, FilterIndex, type Filter } from "../../../filter/index.ts";
import { eventWordOf, type Catalog } from "../../../schema/index.ts";
import { recordOf } from "./event-stream.ts";

/** An event as a live tail shows it. */
export interface LiveEvent {
  /** The message id. */
  readonly id: string | undefined;
  readonly type: string;
  readonly subject: string | undefined;
  /** When it was made, ms since 1970. */
  readonly time: number | undefined;
  /** In the JSON form, sensitive values masked. */
  readonly event: JsonEvent;
}

/** Who watches, and what. */
export interface Watcher {
  /** Matched against the masked event: what is hidden cannot be asked for. Default: every event. */
  readonly filter: Filter | undefined;
  /** Whether events of this type are wanted, and allowed. */
  wants(eventType: string): boolean;
  /** Why it may not go on: its key may have been deleted. */
  endReason(): string | undefined;
  /** Takes a record of server-sent events, or drops it. */
  send(record: string): void;
  end(reason: string): void;
}

/** The place of one that watches. */
export interface Seat {
  /** Shows events from now on. Called once. */
  watch(watcher: Watcher): void;
  /** Gives the place back. Idempotent. */
  leave(): void;
}

/** What a live tail is made of. */
export interface LiveTailParts {
  readonly url: string;
  readonly connect?: Pick<ConnectOptions, "tls"> | undefined;
  readonly catalog: Catalog;
  readonly onError: (error: XqbusError) => void;
}

/** Such a filter is not asked any more, and its watcher would wait for ever. */
const TOO_COSTLY = `the filter has run out of its budget ${DEFAULT_FILTER_INDEX_OPTIONS.quarantineAfter} times; expected one that costs less`;

/** All live tails of the API: one consumer, which is there while somebody watches, and one index of filters, so that many are cheap. */
export class LiveTail {
  readonly #parts: LiveTailParts;
  readonly #index = new FilterIndex({ onQuarantine: (id) => void this.#tooCostly.add(id) });
  /** Those whose filters were found to be so within a match. */
  readonly #tooCostly: Set<string> = new Set();
  readonly #watchers = new Map<string, Watcher>();
  #seats = 0;
  #lastId = 0;
  #consumer: Promise<AMQPEventConsumer> | undefined;
  #closing: Promise<void> = Promise.resolve();

  constructor(parts: LiveTailParts) {
    this.#parts = parts;
  }

  /** How many seats are taken. */
  get size(): number {
    return this.#seats;
  }

  /**
   * Takes a seat; resolves when the bus is connected.
   *
   * @throws NotConnectedError and the like: the bus cannot be reached
   */
  async reserve(): Promise<Seat> {
    this.#seats++;
    const id = String(++this.#lastId);
    let isLeft = false;
    const leave = (): void => {
      if (!isLeft) this.#leave(id);
      isLeft = true;
    };
    try {
      await (this.#consumer ??= this.#open());
    } catch (error) {
      leave();
      throw error;
    }
    return {
      watch: (watcher) => {
        if (isLeft) return;
        this.#index.add(id, watcher.filter ?? EVERY_EVENT);
        this.#watchers.set(id, watcher);
      },
      leave,
    };
  }

  /** Ends all that watch. */
  async close(): Promise<void> {
    for (const watcher of [...this.#watchers.values()]) watcher.end("the daemon stops");
    await this.#closing;
  }

  async #open(): Promise<AMQPEventConsumer> {
    await this.#closing;
    const { url, connect = {}, onError } = this.#parts;
    return AMQPEventConsumer.open(url, {
      ...connect,
      callback: (event, delivery) => this.#show(event, delivery),
      // An event that cannot be shown is not to come again.
      maxDeliveries: 1,
      onError,
    });
  }

  #leave(id: string): void {
    this.#seats--;
    this.#watchers.delete(id);
    this.#index.remove(id);
    const consumer = this.#consumer;
    if (this.#seats > 0 || consumer === undefined) return;
    this.#consumer = undefined;
    this.#closing = consumer.then((open) => open.close()).catch(() => undefined);
  }

  #show(event: Event, { properties, message }: EventDelivery): void {
    const { catalog } = this.#parts;
    const type = eventWordOf(event, catalog.model);
    const masked = maskSensitive(event, catalog);
    let record: string | undefined;
    for (const id of this.#index.match(masked.document, { message, routingKey: properties.subject })) {
      const watcher = this.#watchers.get(id);
      if (watcher === undefined || !watcher.wants(type)) continue;
      const reason = watcher.endReason();
      if (reason !== undefined) {
        watcher.end(reason);
        continue;
      }
      record ??= this.#record(event, type, properties);
      watcher.send(record);
    }
    for (const id of this.#tooCostly) this.#watchers.get(id)?.end(TOO_COSTLY);
    this.#tooCostly.clear();
  }

  #record(event: Event, type: string, { messageId, subject, creationTime }: MessageProperties): string {
    const { catalog } = this.#parts;
    const live: LiveEvent = {
      id: messageId,
      type,
      subject,
      time: creationTime?.getTime(),
      event: maskSensitive(toJson(event, catalog), catalog),
    };
    return recordOf(live, { id: messageId });
  }
}
