import { systemClock } from "../clock.ts";
import { summarizeError, withinTime } from "../subscription/index.ts";
import { Turns } from "../turns.ts";
import type { ListenerLogRecord } from "./listener-log.ts";
import type { KeptCounts } from "./listener.ts";
import type { ListenerStore } from "./store/index.ts";

/** What the stored counts are made of. */
export interface StoredCountsOptions {
  readonly store: Pick<ListenerStore, "counts" | "addCounts">;
  /** What this process has counted since it started, by number of the listener. */
  readonly here: () => ReadonlyMap<number, KeptCounts>;
  /** From one look at what is to be written to the next, in ms. */
  readonly everyMs: number;
  readonly onLog: (record: ListenerLogRecord) => void;
}

/** How long an end waits for the last write, in ms. */
const LAST_WRITE_MS = 5000;
const NONE: KeptCounts = { matched: 0, delivered: 0, failedAttempts: 0, deadLettered: 0, filterErrors: 0 };

/**
 * What all processes have counted together, over all restarts. Each adds what it has counted since it last did, now and then and at its
 * end: an event costs nothing, and processes with the same listener wait for each other's rows once a second at most.
 */
export class StoredCounts {
  readonly #given: StoredCountsOptions;
  /** As they are stored, when this process last looked, with what it has written. By number, as the other ones. */
  #stored: ReadonlyMap<number, KeptCounts> = new Map();
  /** What is written of that which was counted here. */
  #written: ReadonlyMap<number, KeptCounts> = new Map();
  /** Reading and writing one after the other: what is read has all that counts as written. */
  readonly #turns: Turns = new Turns();
  #timer: NodeJS.Timeout | undefined;
  #isStopped = false;
  #isTroubleTold = false;

  constructor(given: StoredCountsOptions) {
    this.#given = given;
  }

  /** The counts of a listener: what is stored, and what was counted here and is not. */
  totalOf(number: number, here: KeptCounts): KeptCounts {
    const unwritten = combine(here, this.#written.get(number) ?? NONE, -1);
    return combine(this.#stored.get(number) ?? NONE, unwritten, 1);
  }

  /** Looks what all processes have written. */
  read(): Promise<void> {
    return this.#turns.run(async () => {
      this.#stored = await this.#given.store.counts();
    });
  }

  /** Writes from now on, by the time of the machine. */
  start(): void {
    if (this.#isStopped) return;
    this.#timer = setTimeout(() => void this.#writeAgain(), this.#given.everyMs);
    this.#timer.unref();
  }

  /** Writes what is left. Never rejects. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    clearTimeout(this.#timer);
    try {
      const clock = systemClock({ keepsProcessAlive: true });
      await withinTime(() => this.#write(), clock, LAST_WRITE_MS, "the last write of counts");
    } catch (error) {
      const { code, message } = summarizeError(error);
      this.#given.onLog({ level: "warn", code, message: `the latest counts of listeners are lost: ${message}` });
    }
  }

  async #writeAgain(): Promise<void> {
    try {
      await this.#write();
      this.#isTroubleTold = false;
    } catch (error) {
      const { code, message } = summarizeError(error);
      const text = `counts of listeners are not stored yet: ${message}`;
      if (!this.#isTroubleTold) this.#given.onLog({ level: "warn", code, message: text });
      this.#isTroubleTold = true;
    }
    this.start();
  }

  #write(): Promise<void> {
    return this.#turns.run(async () => {
      const here = this.#given.here();
      const added = this.#unwritten(here);
      const gone = [...this.#written.keys()].filter((number) => !here.has(number));
      if (added.size === 0 && gone.length === 0) return;
      if (added.size > 0) await this.#given.store.addCounts(added);
      const stored = new Map(this.#stored);
      for (const number of gone) stored.delete(number);
      for (const [number, counts] of added) stored.set(number, combine(stored.get(number) ?? NONE, counts, 1));
      this.#stored = stored;
      this.#written = here;
    });
  }

  #unwritten(here: ReadonlyMap<number, KeptCounts>): ReadonlyMap<number, KeptCounts> {
    const unwritten = new Map<number, KeptCounts>();
    for (const [number, counts] of here) {
      const more = combine(counts, this.#written.get(number) ?? NONE, -1);
      if (Object.values(more).some((count) => count !== 0)) unwritten.set(number, more);
    }
    return unwritten;
  }
}

/** Each count of one with that of the other, taken so many times. */
function combine(one: KeptCounts, other: KeptCounts, times: 1 | -1): KeptCounts {
  return {
    matched: one.matched + times * other.matched,
    delivered: one.delivered + times * other.delivered,
    failedAttempts: one.failedAttempts + times * other.failedAttempts,
    deadLettered: one.deadLettered + times * other.deadLettered,
    filterErrors: one.filterErrors + times * other.filterErrors,
  };
}
