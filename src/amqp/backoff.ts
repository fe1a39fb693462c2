/** How the pauses between attempts grow. */
export interface BackoffOptions {
  /** The first pause, in milliseconds. */
  readonly minDelayMs: number;
  /** The longest pause, in milliseconds. */
  readonly maxDelayMs: number;
  /** By how much each pause is longer than the one before. */
  readonly factor: number;
  /** The part of a pause that is left to chance, 0 to 1: many clients must not come back at the same moment. */
  readonly jitter: number;
  /** A number from 0 to below 1; default `Math.random`. For tests. */
  readonly random?: () => number;
}

/** The pauses between attempts of which none has succeeded: they grow exponentially up to a limit, and are shortened by chance. */
export class Backoff {
  readonly #options: BackoffOptions;
  #failures = 0;

  constructor(options: BackoffOptions) {
    this.#options = options;
  }

  /** The pause before the next attempt, in milliseconds. */
  next(): number {
    const { minDelayMs, maxDelayMs, factor, jitter, random = Math.random } = this.#options;
    const full = Math.min(maxDelayMs, minDelayMs * factor ** this.#failures);
    if (full < maxDelayMs) this.#failures++;
    return full * (1 - jitter * random());
  }

  /** An attempt has succeeded. */
  reset(): void {
    this.#failures = 0;
  }
}
