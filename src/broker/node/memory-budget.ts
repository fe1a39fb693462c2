/** The memory that messages may take in one broker, or in a part of it. Whoever keeps bytes for a client reserves them first. */
export class MemoryBudget {
  /** Bytes that may be reserved together. */
  readonly limit: number;
  readonly #whole: MemoryBudget | undefined;
  #used = 0;

  /** @param whole the budget that this one is a part of: what is reserved here is reserved there as well */
  constructor(limit: number, whole?: MemoryBudget) {
    this.limit = limit;
    this.#whole = whole;
  }

  /** Bytes that are reserved now. */
  get used(): number {
    return this.#used;
  }

  /** Takes the bytes if they are free; false when they are not, and then nothing has changed. */
  reserve(bytes: number): boolean {
    if (this.#used + bytes > this.limit || this.#whole?.reserve(bytes) === false) return false;
    this.#used += bytes;
    return true;
  }

  /** Takes bytes that must be had, even beyond the limit. */
  take(bytes: number): void {
    this.#used += bytes;
    this.#whole?.take(bytes);
  }

  /** Gives back what was reserved. */
  release(bytes: number): void {
    this.#used -= bytes;
    this.#whole?.release(bytes);
  }
}
