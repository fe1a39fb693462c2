import { setTimeout as sleep } from "node:timers/promises";
import { readRelayed, type RelayedMessage } from "../amqp/index.ts";
import type { XqbusError } from "../errors.ts";
import type { Backlog, Waiting } from "./backlog.ts";
import type { Copies } from "./copies.ts";
import type { RouteIndex } from "./route-index.ts";
import type { Route } from "./route.ts";

/** What a drain works with. */
export interface DrainParts {
  readonly backlog: Backlog;
  readonly copies: Copies;
  readonly index: RouteIndex;
  readonly onProblem: (error: XqbusError) => void;
}

const BATCH = 100;
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 30_000;

/** Empties the backlog of one route: the oldest first, one behind the other where order is kept. */
export class BacklogDrain {
  readonly #parts: DrainParts;
  readonly #keyOf: (message: RelayedMessage) => string | undefined;

  /** @param keyOf key within which copies keep their order; default: they have none */
  constructor(parts: DrainParts, keyOf: (message: RelayedMessage) => string | undefined = () => undefined) {
    this.#parts = parts;
    this.#keyOf = keyOf;
  }

  /** Resolves when nothing was left at the last look. @throws what the signal was aborted with */
  async empty(name: string, signal: AbortSignal): Promise<void> {
    for (let pauseMs = FIRST_PAUSE_MS; ;) {
      const done = await this.#batch(name, signal);
      signal.throwIfAborted();
      if (done === "empty") return;
      if (done === "some") {
        pauseMs = FIRST_PAUSE_MS;
        continue;
      }
      await sleep(pauseMs, undefined, { signal });
      pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS);
    }
  }

  async #batch(name: string, signal: AbortSignal): Promise<"empty" | "some" | "none"> {
    const { backlog, index, onProblem } = this.#parts;
    try {
      const rows = await backlog.first(name, BATCH);
      const [first, ...others] = rows;
      if (first === undefined) return "empty";
      const route = index.get(name);
      // It was deleted, and its backlog is about to be.
      if (route === undefined) return "none";
      // One by itself shows whether the queue takes messages again.
      if (!(await this.#send(route, first, signal))) return "none";
      const sent = [first.id];
      const lanes = this.#lanesOf(others).map(async (lane) => {
        for (const row of lane) {
          if (!(await this.#send(route, row, signal))) return;
          sent.push(row.id);
        }
      });
      await Promise.allSettled(lanes);
      await backlog.remove(sent);
      return "some";
    } catch (error) {
      signal.throwIfAborted();
      onProblem(error as XqbusError);
      return "none";
    }
  }

  /** Those of one key behind each other. */
  #lanesOf(rows: readonly Waiting[]): readonly (readonly Waiting[])[] {
    const lanes = new Map<string | number, Waiting[]>();
    for (const row of rows) {
      const key = this.#keyOf(readRelayed(row.message)) ?? row.id;
      const lane = lanes.get(key);
      if (lane === undefined) lanes.set(key, [row]);
      else lane.push(row);
    }
    return [...lanes.values()];
  }

  /** @returns whether it is done with */
  async #send(route: Route, { isUndecided, message }: Waiting, signal: AbortSignal): Promise<boolean> {
    const { copies, index } = this.#parts;
    if (isUndecided) {
      const isWanted = index.decide(route.name, readRelayed(message));
      if (isWanted === undefined) return false;
      if (!isWanted) return true;
    }
    return (await copies.tryQueue(route, message, signal)) === undefined;
  }
}
