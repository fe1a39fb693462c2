/**
 * Handlers that did not end when they were told to. A few may go on unattended, so that one that hangs does not stop the
 * others; the next ones keep their places until one of them ends, so that their number is bounded.
 */
export class Overdue {
  readonly #most: number;
  readonly #waiting: Set<() => void> = new Set();
  #count = 0;

  constructor(most: number) {
    this.#most = most;
  }

  /** Handlers that go on unattended. */
  get count(): number {
    return this.#count;
  }

  /** Calls `leave` when one more may go on unattended: at once or later. @returns what takes the wish back */
  admit(leave: () => void): () => void {
    if (this.#count < this.#most) {
      this.enter();
      leave();
      return () => undefined;
    }
    const admitted = (): void => {
      this.enter();
      leave();
    };
    this.#waiting.add(admitted);
    return () => this.#waiting.delete(admitted);
  }

  /** One more goes on unattended, whatever the bound: there is no time left. */
  enter(): void {
    this.#count++;
  }

  /** One of them ended. */
  leave(): void {
    this.#count--;
    for (const admitted of this.#waiting) {
      if (this.#count >= this.#most) return;
      this.#waiting.delete(admitted);
      admitted();
    }
  }
}
