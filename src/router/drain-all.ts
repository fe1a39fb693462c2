import { setMaxListeners } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { counted } from "../counted.ts";
import { XqbusError } from "../errors.ts";
import type { Backlog } from "./backlog.ts";
import { BacklogDrain, MOST_DRAINS, type DrainParts } from "./backlog-drain.ts";
import { Slots } from "./slots.ts";

/** What emptying all backlogs needs. */
export interface DrainAllParts extends Omit<DrainParts, "slots"> {
  readonly backlog: Backlog;
  /** Whether there is a route of this name, as far as this process knows, with order or without. */
  readonly knows: (name: string) => boolean;
}

/** From one look for routes with a backlog to the next, in ms. */
const LOOK_MS = 1000;
/** Routes that are named. */
const MOST_NAMES = 5;

/** Empties the backlogs of all routes without order, each by itself, and removes what routes have left that are gone, until the signal. Never rejects. */
export async function drainAll(parts: DrainAllParts, signal: AbortSignal): Promise<void> {
  // Node warns about the eleventh listener.
  setMaxListeners(0, signal);
  const { backlog, index, knows, onProblem } = parts;
  const drainParts = { ...parts, slots: new Slots(MOST_DRAINS) };
  const running = new Map<string, Promise<void>>();
  let failure: string | undefined;
  while (!signal.aborted) {
    try {
      const names = await backlog.routes();
      for (const name of names) {
        if (running.has(name) || index.get(name) === undefined) continue;
        const work = new BacklogDrain(drainParts, name).empty(signal).catch(() => undefined);
        running.set(name, work);
        void work.then(() => running.delete(name));
      }
      if (!names.every(knows)) tellOfLeft(await backlog.removeLeft(), onProblem);
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

function tellOfLeft(removed: ReadonlyMap<string, number>, onProblem: (error: XqbusError) => void): void {
  if (removed.size === 0) return;
  const count = [...removed.values()].reduce((sum, each) => sum + each, 0);
  const names = [...removed.keys()].sort();
  const more = names.length > MOST_NAMES ? ` and ${names.length - MOST_NAMES} more` : "";
  const which = names.slice(0, MOST_NAMES).join(", ");
  onProblem(
    new XqbusError(
      "xqbus:leftover-events",
      `removed from the database: ${counted(count, "event")} of routes that are gone (${which}${more})`,
    ),
  );
}
