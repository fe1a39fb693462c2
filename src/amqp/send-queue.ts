/** Holes at the front of a queue that are closed when there are as many as entries. */
const MIN_HOLES = 1_024;

/** A queue that is cheap at both ends. */
export class SendQueue<T> {
  #entries: T[] = [];
  #head = 0;

  get size(): number {
    return this.#entries.length - this.#head;
  }

  push(entry: T): void {
    this.#entries.push(entry);
  }

  shift(): T | undefined {
    if (this.size === 0) return undefined;
    const entry = this.#entries[this.#head++];
    if (this.#head === this.#entries.length) {
      this.#entries = [];
      this.#head = 0;
    } else if (this.#head > MIN_HOLES && 2 * this.#head > this.#entries.length) {
      this.#entries = this.#entries.slice(this.#head);
      this.#head = 0;
    }
    return entry;
  }

  /** Puts entries before all others, in their order. */
  unshift(entries: readonly T[]): void {
    this.#entries = [...entries, ...this.#entries.slice(this.#head)];
    this.#head = 0;
  }

  remove(entry: T): void {
    const at = this.#entries.indexOf(entry, this.#head);
    if (at >= 0) this.#entries.splice(at, 1);
  }

  /** Takes everything out. */
  takeAll(): readonly T[] {
    const entries = this.#entries.slice(this.#head);
    this.#entries = [];
    this.#head = 0;
    return entries;
  }
}
