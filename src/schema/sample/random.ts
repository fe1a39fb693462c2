/**
 * A reproducible source of chance: the same seed gives the same numbers, on every machine and in every version of Node.
 * For samples and tests only: whoever sees a few numbers can tell the next ones (the generator is sfc32, with 128 bits of state).
 */
export class Random {
  #a: number;
  #b: number;
  #c: number;
  #counter = 1;

  /**
   * @param seed any whole number
   * @param stream tells generators of the same seed apart
   */
  constructor(seed: number, stream: number = 0) {
    this.#a = Math.floor(seed / 2 ** 32) | 0;
    this.#b = seed | 0;
    this.#c = stream | 0;
    // The first numbers still show the seed.
    for (let i = 0; i < WARM_UP; i++) this.#next();
  }

  /** A whole number from 0 to below the limit, which is at most 2^32. */
  below(limit: number): number {
    return Math.floor((this.#next() / 2 ** 32) * limit);
  }

  /** A whole number from `min` to `max`, both included. */
  between(min: number, max: number): number {
    return min + this.below(max - min + 1);
  }

  /** A whole number from `min` to `max` of any size, both included. */
  betweenBig(min: bigint, max: bigint): bigint {
    const span = max - min + 1n;
    let bits = 0n;
    for (let limit = 1n; limit < span << 32n; limit <<= 32n) bits = (bits << 32n) | BigInt(this.#next());
    return min + (bits % span);
  }

  /** True with a probability from 0 to 1. */
  chance(probability: number): boolean {
    return this.#next() < probability * 2 ** 32;
  }

  /** One of the items, of which there is at least one. */
  pick<T>(items: readonly [T, ...T[]]): T;
  pick<T>(items: readonly T[]): T | undefined;
  pick<T>(items: readonly T[]): T | undefined {
    return items[this.below(items.length)];
  }

  /** The items in any order. */
  shuffle<T>(items: readonly T[]): readonly T[] {
    const shuffled = [...items];
    for (let i = shuffled.length - 1; i > 0; i--) {
      const j = this.below(i + 1);
      [shuffled[i], shuffled[j]] = [shuffled[j]!, shuffled[i]!];
    }
    return shuffled;
  }

  #next(): number {
    const sum = (this.#a + this.#b + this.#counter++) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = ((this.#c << 21) | (this.#c >>> 11)) + sum;
    return sum >>> 0;
  }
}

const WARM_UP = 12;
