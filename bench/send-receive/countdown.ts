/** Counts what arrives, and tells when it is as much as somebody waits for; the rest counts for the next one who waits. */
export class Countdown {
  #surplus = 0;
  #reached: () => void = () => undefined;

  /** Something has arrived. */
  readonly count = (): void => {
    if (++this.#surplus === 0) this.#reached();
  };

  /** Resolves when so much more has arrived. One at a time. */
  async wait(amount: number): Promise<void> {
    this.#surplus -= amount;
    if (this.#surplus >= 0) return;
    await new Promise<void>((resolve) => {
      this.#reached = resolve;
    });
  }
}
