import { setTimeout as sleep } from "node:timers/promises";
import { NotConnectedError, TimeoutError, type QueueSender } from "../amqp/index.ts";
import { messageOf, XqbusError } from "../errors.ts";
import type { Backlog } from "./backlog.ts";
import type { Route } from "./route.ts";
import { UnderWay } from "./under-way.ts";

/** What copies are made with. */
export interface CopyParts {
  readonly sender: Pick<QueueSender, "send" | "connected" | "status">;
  readonly backlog: Pick<Backlog, "add">;
  /** Attempts to send one copy before it goes to the backlog. */
  readonly attempts: number;
  /** How long an attempt may take, in ms. */
  readonly sendTimeoutMs: number;
  /** How long copies for a queue that did not take one go to the backlog at once, in ms. */
  readonly restMs: number;
  readonly onProblem: (error: XqbusError) => void;
}

/** What became of copies since the start. */
export interface CopyCounts {
  /** Copies that their queues have. */
  readonly copied: number;
  /** Copies that went to the backlog. */
  readonly setAside: number;
}

const FIRST_PAUSE_MS = 50;
const BACKLOG_PAUSE_MS = 1000;
/** Connections that may end while one copy is on its way. */
const MOST_LOSSES = 10;

/** Puts copies of messages on the queues of routes, or into the backlog where a queue does not take them. */
export class Copies {
  readonly #parts: CopyParts;
  /** Routes whose queues rest: why, and until when. */
  readonly #resting: Map<string, { readonly reason: string; readonly until: number }> = new Map();
  readonly #underWay: UnderWay = new UnderWay();
  #copied = 0;
  #setAside = 0;
  #backlogFailure: XqbusError | undefined;

  constructor(parts: CopyParts) {
    this.#parts = parts;
  }

  get counts(): CopyCounts {
    return { copied: this.#copied, setAside: this.#setAside };
  }

  /** Why the backlog did not take a copy the last time. */
  get failure(): XqbusError | undefined {
    return this.#backlogFailure;
  }

  /** Resolves when nothing is under way for a route that has ended: then nothing comes to its queue or the backlog any more. */
  async ended(name: string): Promise<void> {
    await this.#underWay.ended(name);
    this.#resting.delete(name);
  }

  /** Work that ends with copies for a route: it is waited for by {@link Copies.ended}. */
  during<T>(name: string, work: () => Promise<T>): Promise<T> {
    return this.#underWay.during(name, work);
  }

  /** Resolves when queue or backlog have it. @throws AbortedError, or what the signal was aborted with */
  give(route: Route, message: Uint8Array, signal: AbortSignal): Promise<void> {
    return this.during(route.name, () => this.#give(route, message, signal));
  }

  async #give(route: Route, message: Uint8Array, signal: AbortSignal): Promise<void> {
    const { name, queue } = route;
    const resting = this.#resting.get(name);
    if (resting !== undefined && performance.now() < resting.until) {
      await this.setAside(name, message, resting.reason, signal);
      return;
    }
    // One copy tries whether the queue takes messages again; meanwhile others do not wait with it.
    if (resting !== undefined) {
      const { sendTimeoutMs, restMs } = this.#parts;
      this.#resting.set(name, { ...resting, until: performance.now() + sendTimeoutMs + restMs });
    }
    const problem = await this.#tryQueue(queue, message, signal);
    if (problem === undefined) {
      this.#resting.delete(name);
      return;
    }
    // All that waited for the queue are given up at once.
    if (!this.#resting.has(name)) this.#tell(name, problem);
    this.#resting.set(name, { reason: problem.message, until: performance.now() + this.#parts.restMs });
    await this.setAside(name, message, problem.message, signal);
  }

  /**
   * Sends a copy, several times if need be; while there is no connection at all, it waits.
   *
   * @returns why the queue does not take it
   * @throws what the signal was aborted with
   */
  tryQueue({ name, queue }: Route, message: Uint8Array, signal: AbortSignal): Promise<XqbusError | undefined> {
    return this.during(name, () => this.#tryQueue(queue, message, signal));
  }

  async #tryQueue(queue: string, message: Uint8Array, signal: AbortSignal): Promise<XqbusError | undefined> {
    const { sender, attempts, sendTimeoutMs: timeoutMs } = this.#parts;
    let losses = 0;
    for (let attempt = 1; ;) {
      const wasConnected = sender.status === "connected";
      try {
        signal.throwIfAborted();
        await sender.send(queue, message, { timeoutMs, signal });
        this.#copied++;
        return undefined;
      } catch (error) {
        signal.throwIfAborted();
        // Nobody knows what it is; the copy waits for somebody who looks at it, and the events behind it go on.
        if (!(error instanceof XqbusError)) return new XqbusError("xqbus:internal", messageOf(error), { cause: error });
        if (error instanceof NotConnectedError) {
          // It may be this copy that the broker ends the connection for.
          if (wasConnected && ++losses === MOST_LOSSES) return error;
          await sender.connected(signal);
          // A broker that ends the connection again and again for one queue must not hold up the others.
          if (sender.status === "connected") await sleep(FIRST_PAUSE_MS, undefined, { signal });
          continue;
        }
        // It has waited long enough.
        if (error instanceof TimeoutError || ++attempt > attempts) return error;
        await sleep(FIRST_PAUSE_MS * 4 ** (attempt - 2), undefined, { signal });
      }
    }
  }

  /** Resolves when the backlog has it, however long that takes. @throws what the signal was aborted with */
  setAside(
    route: string,
    message: Uint8Array,
    reason: string,
    signal: AbortSignal,
    isUndecided = false,
  ): Promise<void> {
    return this.during(route, () => this.#setAsideAtLast(route, message, reason, signal, isUndecided));
  }

  async #setAsideAtLast(
    route: string,
    message: Uint8Array,
    reason: string,
    signal: AbortSignal,
    isUndecided: boolean,
  ): Promise<void> {
    for (;;) {
      try {
        await this.#parts.backlog.add(route, message, reason, isUndecided);
        this.#setAside++;
        this.#backlogFailure = undefined;
        return;
      } catch (error) {
        signal.throwIfAborted();
        if (this.#backlogFailure === undefined) this.#parts.onProblem(error as XqbusError);
        this.#backlogFailure = error as XqbusError;
        await sleep(BACKLOG_PAUSE_MS, undefined, { signal });
      }
    }
  }

  #tell(route: string, { code, message }: XqbusError): void {
    const text = `the queue of route ${route} does not take events, which wait in the database: ${message}`;
    this.#parts.onProblem(new XqbusError(code, text));
  }
}
