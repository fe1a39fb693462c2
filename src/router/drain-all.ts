import { setTimeout as sleep } from "node:timers/promises";
import type { XqbusError } from "../errors.ts";
import { BacklogDrain, type DrainParts } from "./backlog-drain.ts";

/** From one look for routes with a backlog to the next, in ms. */
const LOOK_MS = 1000;

/** Empties the backlogs of all routes without order, each by itself, until the signal. Never rejects. */
export async function drainAll(parts: DrainParts, signal: AbortSignal): Promise<void> {
  const { backlog, index, onProblem } = parts;
  const drain = new BacklogDrain(parts);
  const running = new Map<string, Promise<void>>();
  let failure: string | undefined;
  while (!signal.aborted) {
    try {
      for (const name of await backlog.routes()) {
        if (running.has(name) || index.get(name) === undefined) continue;
        const work = drain.empty(name, signal).then(
          () => undefined,
          () => undefined,
        );
        running.set(name, work);
        void work.then(() => running.delete(name));
      }
      failure = undefined;
    } catch (error) {
      const { message } = error as XqbusError;
      if (message !== failure) onProblem(error as XqbusError);
      failure = message;
    }
    await sleep(LOOK_MS, undefined, { signal }).catch(() => undefined);
  }
  await Promise.all(running.values());
}
