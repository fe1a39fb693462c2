/** When a circuit breaker opens, and how often somebody looks whether the receiver is back; times in ms. */
export interface BreakerOptions {
  /** Failures in a row that open it. */
  readonly failures: number;
  /** From its opening to the first probe; each failed probe doubles it. */
  readonly probeMs: number;
  readonly maxProbeMs: number;
}

/** An open breaker. */
export interface OpenBreaker {
  /** Times in ms since 1970. */
  readonly since: number;
  readonly probeAt: number;
  /** How long before `probeAt` the last try was. */
  readonly probeMs: number;
}

/**
 * Counts failures in a row of one receiver. Open, it lets one attempt through at a time, the probe; a success closes it.
 */
export class Breaker {
  readonly #options: BreakerOptions;
  #failures = 0;
  #open: OpenBreaker | undefined;

  /** @param open how it was when the process ended */
  constructor(options: BreakerOptions, open?: OpenBreaker) {
    this.#options = options;
    this.#open = open;
  }

  get open(): OpenBreaker | undefined {
    return this.#open;
  }

  /** @returns whether it was open and is not any more */
  succeeded(): boolean {
    const wasOpen = this.#open !== undefined;
    this.close();
    return wasOpen;
  }

  /**
   * What fails while it is open counts only if it is the probe: the others began before.
   *
   * @returns how it is now, if that is another way than before
   */
  failed(isProbe: boolean, now: number): OpenBreaker | undefined {
    const { failures, probeMs, maxProbeMs } = this.#options;
    if (this.#open === undefined) {
      if (++this.#failures < failures) return undefined;
      this.#open = { since: now, probeAt: now + probeMs, probeMs };
      return this.#open;
    }
    if (!isProbe) return undefined;
    const next = Math.min(2 * this.#open.probeMs, Math.max(probeMs, maxProbeMs));
    this.#open = { since: this.#open.since, probeAt: now + next, probeMs: next };
    return this.#open;
  }

  close(): void {
    this.#failures = 0;
    this.#open = undefined;
  }
}
