/** A list that is filled at its end and emptied at its beginning, in constant time. */
export class Fifo<T> {
  #items: T[] = [];
  #first = 0;

  get size(): number {
    return this.#items.length - this.#first;
  }

  /** The oldest, which stays. */
  get first(): T | undefined {
    return this.#items[this.#first];
  }

  push(item: T): void {
    this.#items.push(item);
  }

  /** Takes the oldest. */
  shift(): T | undefined {
    const item = this.#items[this.#first];
    if (this.#first < this.#items.length) this.#first++;
    // What was taken must not stay in memory, and moving the rest must not cost more than the taking did.
    if (this.#first === this.#items.length) {
      this.#items.length = 0;
      this.#first = 0;
    } else if (this.#first * 2 >= this.#items.length) {
      this.#items = this.#items.slice(this.#first);
      this.#first = 0;
    }
    return item;
  }

  /** Leaves the oldest only. */
  keepFirst(): void {
    this.#items = this.#items.slice(this.#first, this.#first + 1);
    this.#first = 0;
  }

  *[Symbol.iterator](): IterableIterator<T> {
    for (let index = this.#first; index < this.#items.length; index++) yield this.#items[index] as T;
  }
}
