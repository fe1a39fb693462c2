/** A task that is done when it is asked for, one at a time; who asks while it goes on has it done once more. */
export class Rounds {
  readonly #task: () => Promise<void>;
  #isAsked = false;
  #isEnded = false;
  #going: Promise<void> | undefined;

  /** @param task does not reject */
  constructor(task: () => Promise<void>) {
    this.#task = task;
  }

  ask(): void {
    this.#isAsked = true;
    this.#going ??= this.#go().finally(() => (this.#going = undefined));
  }

  /** Does nothing more that is asked from now on; resolves when nothing goes on. */
  async end(): Promise<void> {
    this.#isEnded = true;
    await this.#going;
  }

  async #go(): Promise<void> {
    while (this.#isAsked && !this.#isEnded) {
      this.#isAsked = false;
      await this.#task();
    }
  }
}
