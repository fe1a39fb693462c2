import { setTimeout as sleep } from "node:timers/promises";

/** What is watched, and who hears of it. */
export interface WatchedRoute {
  /** Undefined: nobody says so now. Must not reject. */
  readonly isThere: (signal: AbortSignal) => Promise<boolean | undefined>;
  /** Messages so far: as long as they come, the route is there. */
  readonly received: () => number;
  readonly onGone: () => void;
}

/** Timers of Node fire at once above this. */
const MAX_TIMER_MS = 2 ** 31 - 1;
/** By how much longer pauses get while nobody answers. */
const MOST_TIMES = 16;
/** By how much a pause is longer than the given one at most. */
const LONGEST = 1.5;

/** Notices that the route of a consumer was ended by somebody else: its queue stays, and nothing comes any more. */
export class RouteWatch {
  readonly #everyMs: number;
  readonly #pause: (ms: number, signal: AbortSignal) => Promise<void>;
  #end: AbortController = new AbortController();

  /**
   * @param everyMs from one question to the next, more or less; `Infinity`: nobody is asked
   * @param pause resolves after so many ms, or with the signal
   */
  constructor(everyMs: number, pause: (ms: number, signal: AbortSignal) => Promise<void> = sleepUnlessAborted) {
    this.#everyMs = everyMs;
    this.#pause = pause;
  }

  /** Looks until it is stopped, or the route is gone. */
  start(route: WatchedRoute): void {
    this.stop();
    if (this.#everyMs * LONGEST > MAX_TIMER_MS) return;
    this.#end = new AbortController();
    void this.#look(route, this.#end.signal);
  }

  stop(): void {
    this.#end.abort();
  }

  async #look({ isThere, received, onGone }: WatchedRoute, signal: AbortSignal): Promise<void> {
    for (let times = 1; ;) {
      const before = received();
      // By chance, so that consumers that were started together do not ask together.
      const pauseMs = Math.min(times * this.#everyMs * (LONGEST - Math.random()), MAX_TIMER_MS);
      await this.#pause(pauseMs, signal);
      if (signal.aborted) return;
      if (received() !== before) continue;
      const found = await isThere(signal);
      // Questions that nobody answers are messages that somebody has to throw away.
      times = found === undefined ? Math.min(2 * times, MOST_TIMES) : 1;
      if (found !== false) continue;
      if (!signal.aborted) onGone();
      return;
    }
  }
}

async function sleepUnlessAborted(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal, ref: false }).catch(() => undefined);
}
