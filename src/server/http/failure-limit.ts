import { rate } from "../../subscription/index.ts";
import { tooMany } from "./refusal.ts";

/** Those who are counted at the same time at most; beyond that the one who has been counted longest is forgotten. */
const MAX_COUNTED = 100_000;

interface Failures {
  count: number;
  readonly endsAt: number;
}

/** Counts what failed, such as guesses of a secret. Who succeeds is never refused, unless too much failed before. */
export class FailureLimit {
  readonly #text: string;
  readonly #now: () => number;
  readonly #failures: Map<string, Failures> = new Map();

  /**
   * @param text how much may fail: `30/min`
   * @param now ms since 1970
   */
  constructor(text: string, now: () => number) {
    this.#text = text;
    this.#now = now;
  }

  /** @throws Refusal with status 429: too much failed */
  assertBelow(who: string): void {
    const failures = this.#current(who);
    if (failures === undefined || failures.count < rate(this.#text).count) return;
    throw tooMany(`${this.#text} wrong logins`, Math.max(1, Math.ceil((failures.endsAt - this.#now()) / 1000)));
  }

  add(who: string): void {
    const failures = this.#current(who);
    if (failures !== undefined) {
      failures.count++;
      return;
    }
    this.#failures.delete(who);
    const [oldest] = this.#failures.keys();
    if (oldest !== undefined && this.#failures.size >= MAX_COUNTED) this.#failures.delete(oldest);
    this.#failures.set(who, { count: 1, endsAt: this.#now() + rate(this.#text).perMs });
  }

  #current(who: string): Failures | undefined {
    const failures = this.#failures.get(who);
    return failures !== undefined && failures.endsAt > this.#now() ? failures : undefined;
  }
}
