/**
 * Keeps the order of calls of which some have to wait: who takes a turn goes on when all turns that were taken before have
 * ended.
 */
export class Turns {
  #last: Promise<void> | undefined;

  /** Whether somebody's turn has not ended. */
  get isBusy(): boolean {
    return this.#last !== undefined;
  }

  /** Takes the turn behind all others. `end` must be called, whatever happens; calling it again does nothing. */
  take(): { readonly begins: Promise<void>; readonly end: () => void } {
    const before = this.#last ?? Promise.resolve();
    let resolve: () => void = () => undefined;
    const ended = new Promise<void>((settle) => {
      resolve = settle;
    });
    const last = before.then(() => ended);
    this.#last = last;
    void last.then(() => {
      if (this.#last === last) this.#last = undefined;
    });
    return { begins: before, end: resolve };
  }

  /** Does a task when its turn comes; rejects as the task does. */
  async run<T>(task: () => Promise<T>): Promise<T> {
    const { begins, end } = this.take();
    await begins;
    try {
      return await task();
    } finally {
      end();
    }
  }
}
