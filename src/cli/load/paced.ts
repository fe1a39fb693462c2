import { MACHINE_CLOCK, type LoadClock } from "./load-clock.ts";

/** When what is to happen. */
export interface Pace {
  readonly perSecond: number;
  /** How many times; may be Infinity. */
  readonly count: number;
  /** When the first one is due, in microseconds of the clock; default: at once. */
  readonly start?: number;
  /** How many may be under way at the same time. Beyond it the next ones begin late, and are due when they were. Default 5,000. */
  readonly window?: number;
  /** Begins no more when it is aborted. */
  readonly signal: AbortSignal;
  readonly clock?: LoadClock;
}

/** More than a publisher needs that keeps up, and less than it refuses to keep pending. */
const DEFAULT_WINDOW = 5_000;

/** After so many in one go, sockets have their turn. */
const AT_ONCE = 32;

/** When the one with this number is due, in microseconds. */
export function dueMicros(index: number, { start, perSecond }: { start: number; perSecond: number }): number {
  return start + (index * 1_000_000) / perSecond;
}

/**
 * Begins one piece of work at each of the times of a fixed schedule (open loop): how long one takes moves none of the
 * others. Who falls behind catches up, with the times at which things were due, so that a time that is measured from
 * there has in it what a user would have waited.
 *
 * @param begin must not reject
 * @returns how many were begun, when all of them have ended
 */
export async function paced(begin: (index: number, due: number) => Promise<void>, pace: Pace): Promise<number> {
  const { perSecond, count, window = DEFAULT_WINDOW, signal, clock = MACHINE_CLOCK } = pace;
  const { start = clock.now() } = pace;
  const underWay = new Set<Promise<void>>();
  let index = 0;
  let inOneGo = 0;
  while (index < count && !signal.aborted) {
    const due = dueMicros(index, { start, perSecond });
    if (clock.now() < due) {
      await clock.until(due, signal);
      inOneGo = 0;
    } else if (underWay.size >= window) {
      await Promise.race(underWay);
    } else if (inOneGo >= AT_ONCE) {
      await clock.turn();
      inOneGo = 0;
    } else {
      const work: Promise<void> = begin(index, due).finally(() => underWay.delete(work));
      underWay.add(work);
      index++;
      inOneGo++;
    }
  }
  await Promise.all(underWay);
  return index;
}
