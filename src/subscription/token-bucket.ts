import type { Rate } from "./rate.ts";

/**
 * Keeps a rate: a bucket of `burst` tokens into which one falls every `perMs / count`.
 *
 * What it remembers is when the bucket will be full again, if nobody takes anything any more.
 */
export class TokenBucket {
  readonly #intervalMs: number;
  readonly #burst: number;
  #fullAt = -Infinity;

  constructor(rate: Rate) {
    this.#intervalMs = rate.perMs / rate.count;
    this.#burst = rate.burst;
  }

  /** When the next token is there: `now` or later. */
  nextAt(now: number): number {
    return Math.max(now, this.#fullFrom(now) - (this.#burst - 1) * this.#intervalMs);
  }

  /** Takes a token if one is there. */
  take(now: number): boolean {
    if (this.nextAt(now) > now) return false;
    this.#fullAt = Math.max(now, this.#fullFrom(now)) + this.#intervalMs;
    return true;
  }

  /** A clock that was set back must not close the bucket for as long as that; one interval more than can be is left for rounding. */
  #fullFrom(now: number): number {
    return Math.min(this.#fullAt, now + (this.#burst + 1) * this.#intervalMs);
  }
}
