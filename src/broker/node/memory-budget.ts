/** The memory that messages may take in one broker. Whoever keeps bytes for a client reserves them first. */
export class MemoryBudget {
  /** Bytes that may be reserved together. */
  readonly limit: number;
  #used = 0;

  constructor(limit: number) {
    this.limit = limit;
  }

  /** Bytes that are reserved now. */
  get used(): number {
    return this.#used;
  }

  /** Takes the bytes if they are free; false when they are not, and then nothing has changed. */
  reserve(bytes: number): boolean {
    if (this.#used + bytes > this.limit) return false;
    this.#used += bytes;
    return true;
  }

  /** Gives back what was reserved. */
  release(bytes: number): void {
    this.#used -= bytes;
  }
}
