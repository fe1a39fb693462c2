import type { Clock } from "../broker/index.ts";

interface Timer {
  readonly time: number;
  readonly callback: () => void;
}

/** A clock that stands still until it is told to go on. */
export class VirtualClock implements Clock {
  readonly #timers = new Set<Timer>();
  #now: number;

  /** @param now ms since 1970 */
  constructor(now: number) {
    this.#now = now;
  }

  now(): number {
    return this.#now;
  }

  at(time: number, callback: () => void): () => void {
    const timer = { time, callback };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }

  /** Lets time pass: timers ring in their order, each at its own time. */
  advance(ms: number): void {
    const end = this.#now + ms;
    while (this.ringNext(end));
    this.#now = end;
  }

  /** Lets time pass up to the first timer that rings until `end`, and no further; false when there is none. */
  ringNext(end: number): boolean {
    const next = this.#next(end);
    if (next === undefined) return false;
    this.#timers.delete(next);
    this.#now = Math.max(this.#now, next.time);
    next.callback();
    return true;
  }

  #next(end: number): Timer | undefined {
    let first: Timer | undefined;
    for (const timer of this.#timers) if (timer.time <= end && timer.time < (first?.time ?? Infinity)) first = timer;
    return first;
  }
}
