import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { AMQPEventConsumer, EventPublisher, type EventCallback } from "../amqp/index.ts";
import { messageOf, XqbusError } from "../errors.ts";
import { WorkerPool, type WorkerService } from "../worker/index.ts";
import { consumerConfig, type ConsumerConfig } from "./consumer-config.ts";
import { checkTaskletOptions, type CheckedTaskletOptions, type TaskletConsumerOptions } from "./consumer-options.ts";
import { eventBody } from "./event-body.ts";
import { eventsOf } from "./events.ts";
import { CONFIG_FILE, type ConsumerFolder } from "./find-consumers.ts";
import { TaskletEngine } from "./tasklet-engine.ts";
import { PUBLISH_SERVICE } from "./worker-events.ts";

/** What is there while the settings stay as they are. */
interface Running {
  readonly pool: WorkerPool;
  readonly consumer: AMQPEventConsumer;
}

/**
 * The consumer of a process folder: a durable subscription of the events whose routing key its `consumer.cfg` names, and worker processes
 * that run the folder's tasklets for them. Each event is settled when all its tasklets have ended; failures are tried again by the
 * retry policy, and end as dead letters. Changed tasklets and settings take effect by themselves.
 */
export class TaskletConsumer {
  readonly name: string;
  readonly #folder: string;
  readonly #url: string;
  readonly #options: CheckedTaskletOptions;
  readonly #publisher: EventPublisher;
  #running: Running | undefined;
  /** None: it could not be read yet. */
  #config: ConsumerConfig | undefined;
  #stamp: string;
  #timer: NodeJS.Timeout | undefined;
  #changing: Promise<void> = Promise.resolve();
  readonly #ends = new AbortController();
  #closing: Promise<void> | undefined;
  #markReady: () => void = () => undefined;
  /** Settled when it has settings that can be used, or is closed. */
  readonly #ready: Promise<void> = new Promise((resolve) => (this.#markReady = resolve));

  /**
   * A consumer that is subscribed, with processes that can work; with `waitsForConfig` one that will be.
   *
   * @param url `amqp[s]://user:password@host:port/domain`
   * @throws XqbusError `xqbus:invalid-config` with file and line, `xqbus:unreadable`; what {@link AMQPEventConsumer.open} throws
   */
  static async open(
    url: string,
    folder: ConsumerFolder,
    options: TaskletConsumerOptions = {},
  ): Promise<TaskletConsumer> {
    const consumer = new TaskletConsumer(url, folder, checkTaskletOptions(options));
    try {
      consumer.#config = readConsumerConfig(folder.folder);
      await consumer.#start(consumer.#config);
    } catch (error) {
      const isConfig = error instanceof XqbusError && error.code === "xqbus:invalid-config";
      if (!isConfig || !consumer.#options.waitsForConfig) {
        await consumer.close();
        throw error;
      }
      consumer.#options.onError(error);
    }
    consumer.#watch();
    return consumer;
  }

  private constructor(url: string, { folder, name }: ConsumerFolder, options: CheckedTaskletOptions) {
    this.name = name;
    this.#folder = folder;
    this.#url = url;
    this.#options = options;
    this.#stamp = this.#stampNow();
    this.#publisher = EventPublisher.openLater(url, options.connect);
  }

  /** Ids of the worker processes. */
  get pids(): readonly number[] {
    return this.#running?.pool.pids ?? [];
  }

  /** Name of the durable subscription. */
  get subscription(): string {
    return this.#options.subscription ?? `xqbus.consumer.${this.name}`;
  }

  /** Resolves when it was closed; rejects when it can no longer consume. */
  async join(): Promise<void> {
    if (this.#config === undefined) await this.#ready;
    for (let running = this.#running; running !== undefined; running = this.#running) {
      await running.consumer.join();
      await this.#changing;
      if (running === this.#running) return;
    }
  }

  /** Takes no more events, lets those end that are being handled, and ends the processes. Idempotent. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #close(): Promise<void> {
    clearInterval(this.#timer);
    this.#ends.abort();
    await this.#changing;
    this.#markReady();
    await this.#stop();
    await this.#publisher.close();
  }

  async #start(config: ConsumerConfig): Promise<void> {
    const { workers, eventKey } = config;
    const {
      pool: poolOptions,
      connect,
      retry,
      deadLetterTo,
      onDeadLetter,
      onLog,
      onError,
      closeTimeoutMs,
    } = this.#options;
    const pool = await WorkerPool.open({
      cwd: this.#folder,
      ...poolOptions,
      processes: workers,
      services: { [PUBLISH_SERVICE]: this.#publish },
      onLog: (line) => onLog({ ...line, module: undefined, eventId: undefined }),
    });
    const engine = new TaskletEngine(this.#folder, pool, this.#options);
    try {
      const consumer = await AMQPEventConsumer.open(this.#url, {
        ...connect,
        ...(eventKey.xquery === undefined ? {} : { xquery: eventKey.xquery }),
        ...{ durable: this.subscription, shared: true, name: this.name, closeTimeoutMs },
        ...{ concurrency: workers, prefetch: 2 * workers, retry: retry ?? {} },
        ...(deadLetterTo === undefined ? {} : { deadLetterTo }),
        ...(onDeadLetter === undefined ? {} : { onDeadLetter }),
        onError,
        callback: this.#callback(engine, config),
      });
      this.#running = { pool, consumer };
    } catch (error) {
      await pool.close({ timeoutMs: 0 });
      throw error;
    }
    this.#markReady();
    this.#options.onConfig(config);
  }

  async #stop(): Promise<void> {
    const running = this.#running;
    this.#running = undefined;
    await running?.consumer.close();
    await running?.pool.close({ timeoutMs: 0 });
  }

  readonly #publish: WorkerService = async (argument, { signal }) => {
    const { routingKey, tagString } = argument as { readonly routingKey: unknown; readonly tagString: unknown };
    await eventsOf(this.#publisher).publish(String(routingKey), String(tagString), { signal });
    return undefined;
  };

  #callback(engine: TaskletEngine, config: ConsumerConfig): EventCallback {
    return async (event, { properties: { subject: eventKey = "", messageId: eventId } }, { signal, attempt }) => {
      // Not every broker filters by routing key.
      if (!config.eventKey.matches(eventKey)) return;
      const params = { eventKey, eventBody: eventBody(event), eventId, eventType: event.name, attempt };
      const ran = await engine.handle(params, signal);
      this.#options.onHandled({ eventKey, eventId, eventType: event.name, attempt, ran });
    };
  }

  #watch(): void {
    this.#timer = setInterval(() => {
      const stamp = this.#stampNow();
      if (stamp === this.#stamp) return;
      this.#stamp = stamp;
      this.#changing = this.#changing.then(() => this.#change());
    }, this.#options.reloadMs);
  }

  #stampNow(): string {
    const stats = statSync(join(this.#folder, CONFIG_FILE), { throwIfNoEntry: false });
    return stats === undefined ? "" : `${stats.mtimeMs} ${stats.size}`;
  }

  /** What cannot be used leaves everything as it is; what can be used is tried until it is in effect. */
  async #change(): Promise<void> {
    if (this.#ends.signal.aborted) return;
    try {
      this.#config = readConsumerConfig(this.#folder);
    } catch (error) {
      return this.#options.onError(asError(error));
    }
    await this.#stop();
    for (let isStarted = false; !isStarted && !this.#ends.signal.aborted;) {
      try {
        await this.#start(this.#config);
        isStarted = true;
      } catch (error) {
        // The broker is away, or another process of this consumer has not changed yet.
        this.#options.onError(asError(error));
        await wait(this.#options.reloadMs, undefined, { signal: this.#ends.signal }).catch(() => undefined);
      }
    }
  }
}

function asError(error: unknown): XqbusError {
  return error instanceof XqbusError ? error : new XqbusError("xqbus:internal", messageOf(error), { cause: error });
}

/**
 * The settings of a process folder.
 *
 * @throws XqbusError `xqbus:invalid-config` with file and line; `xqbus:unreadable`
 */
export function readConsumerConfig(folder: string): ConsumerConfig {
  const file = join(folder, CONFIG_FILE);
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    throw new XqbusError("xqbus:unreadable", `${file} cannot be read: ${messageOf(error)}`, { cause: error });
  }
  return consumerConfig(text, file);
}
