import type { BacklogCount } from "./backlog.ts";

/** Counting takes at most such a share of the time. */
const SHARE = 1 / 20;
const LONGEST_MS = 10_000;

/** Counts of a backlog, which are kept the longer, up to 10 s, the longer it takes to count. Who asks meanwhile gets the same. */
export class BacklogCounts {
  readonly #count: () => Promise<readonly BacklogCount[]>;
  readonly #now: () => number;
  #counting: Promise<readonly BacklogCount[]> | undefined;
  #kept: readonly BacklogCount[] = [];
  #until: number = -Infinity;

  /** @param now ms, never backwards */
  constructor(count: () => Promise<readonly BacklogCount[]>, now: () => number = () => performance.now()) {
    this.#count = count;
    this.#now = now;
  }

  /** @throws what counting does */
  async get(): Promise<readonly BacklogCount[]> {
    if (this.#counting === undefined && this.#now() < this.#until) return this.#kept;
    this.#counting ??= this.#countNow().finally(() => (this.#counting = undefined));
    return this.#counting;
  }

  async #countNow(): Promise<readonly BacklogCount[]> {
    const begun = this.#now();
    this.#kept = await this.#count();
    const ended = this.#now();
    this.#until = ended + Math.min(LONGEST_MS, (ended - begun) / SHARE);
    return this.#kept;
  }
}
