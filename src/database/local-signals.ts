/** Is told of a signal: what was said with it; undefined where signals may have been missed. */
export type Hear = (text: string | undefined) => void;

/** Signals within this process. */
export class LocalSignals {
  readonly #hearers = new Map<string, Set<Hear>>();

  signal(channel: string, text: string | undefined): void {
    for (const hear of [...(this.#hearers.get(channel) ?? [])]) hear(text);
  }

  /** All channels at once: signals may have been missed. */
  signalAll(): void {
    for (const channel of this.channels) this.signal(channel, undefined);
  }

  /** Those that somebody hears. */
  get channels(): readonly string[] {
    return [...this.#hearers.keys()];
  }

  /** @returns ends it, and says whether nobody hears the channel any more */
  hear(channel: string, hear: Hear): () => boolean {
    // One of its own, so that the same function can hear twice.
    const hearer: Hear = (text) => hear(text);
    const hearers = this.#hearers.get(channel) ?? new Set<Hear>();
    this.#hearers.set(channel, hearers.add(hearer));
    return () => {
      hearers.delete(hearer);
      if (hearers.size > 0) return false;
      return this.#hearers.delete(channel);
    };
  }
}
