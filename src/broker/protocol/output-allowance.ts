import type { MemoryBudget } from "../node/memory-budget.ts";

/** What every connection has, so that messages leave a broker whose memory is used up. */
export const LEAST_OUTPUT_BYTES: number = 64 * 1024;

/**
 * How many bytes of one connection may wait for its client to read them: some at any time, more as long as the broker's memory
 * has room for them.
 */
export class OutputAllowance {
  readonly #most: number;
  readonly #budget: MemoryBudget;
  #granted = LEAST_OUTPUT_BYTES;

  /** @param most bytes, at least {@link LEAST_OUTPUT_BYTES} */
  constructor(most: number, budget: MemoryBudget) {
    this.#most = most;
    this.#budget = budget;
  }

  /** Whether that many bytes may wait. */
  covers(bytes: number): boolean {
    return bytes <= this.#granted || (this.#grow(bytes) && bytes <= this.#granted);
  }

  /** Gives memory back once so few bytes wait that none is needed. */
  shrink(bytes: number): void {
    if (bytes > LEAST_OUTPUT_BYTES || this.#granted === LEAST_OUTPUT_BYTES) return;
    this.#budget.release(this.#granted - LEAST_OUTPUT_BYTES);
    this.#granted = LEAST_OUTPUT_BYTES;
  }

  #grow(bytes: number): boolean {
    const wanted = Math.min(this.#most, Math.max(bytes, 2 * this.#granted));
    if (wanted <= this.#granted || !this.#budget.reserve(wanted - this.#granted)) return false;
    this.#granted = wanted;
    return true;
  }
}
