import type { Clock } from "../../clock.ts";

const MINUTE_MS = 60_000;
/** Filters of one user that may be found too costly in a minute. */
const MAX_PER_MINUTE = 10;

/** Whose filters were too costly of late: who attaches one after the other would hold up the broker all the same. */
export class CostlyFilters {
  readonly #clock: Clock;
  readonly #byUser = new Map<string, { readonly since: number; readonly count: number }>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** One more of this user. */
  count(user: string): void {
    const count = this.#countOf(user) + 1;
    const since = count === 1 ? this.#clock.now() : (this.#byUser.get(user)?.since ?? 0);
    this.#byUser.set(user, { since, count });
  }

  /** Whether the user has to wait with further filters. */
  isBlocked(user: string): boolean {
    return this.#countOf(user) >= MAX_PER_MINUTE;
  }

  #countOf(user: string): number {
    const found = this.#byUser.get(user);
    if (found === undefined || this.#clock.now() - found.since < MINUTE_MS) return found?.count ?? 0;
    this.#byUser.delete(user);
    return 0;
  }
}
