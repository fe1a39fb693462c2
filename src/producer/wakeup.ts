/** Waits for a time, or until somebody wakes it; a word that comes while nobody waits ends the next wait. */
export class Wakeup {
  #isWoken = false;
  #end: (() => void) | undefined;

  wake(): void {
    this.#isWoken = true;
    this.#end?.();
  }

  /** @param isOver whether there is nothing to wait for */
  async wait(ms: number, isOver: () => boolean): Promise<void> {
    if (!this.#isWoken && !isOver()) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, ms);
        this.#end = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
    this.#end = undefined;
    this.#isWoken = false;
  }
}
