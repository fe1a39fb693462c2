/** Counts what is under way by name, and tells when that is nothing. */
export class UnderWay {
  readonly #counts: Map<string, number> = new Map();
  readonly #waiting: Map<string, (() => void)[]> = new Map();

  /** Work counts as under way from now until it ends, however it does. */
  async during<T>(name: string, work: () => Promise<T>): Promise<T> {
    this.#counts.set(name, (this.#counts.get(name) ?? 0) + 1);
    try {
      return await work();
    } finally {
      this.#leave(name);
    }
  }

  /** Resolves when nothing of this name is under way. */
  async ended(name: string): Promise<void> {
    while (this.#counts.has(name)) {
      await new Promise<void>((resolve) => {
        const waiting = this.#waiting.get(name) ?? [];
        waiting.push(resolve);
        this.#waiting.set(name, waiting);
      });
    }
  }

  #leave(name: string): void {
    const left = (this.#counts.get(name) ?? 0) - 1;
    if (left > 0) {
      this.#counts.set(name, left);
      return;
    }
    this.#counts.delete(name);
    for (const go of this.#waiting.get(name) ?? []) go();
    this.#waiting.delete(name);
  }
}
