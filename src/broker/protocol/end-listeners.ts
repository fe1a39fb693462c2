/** Who wants to know when a session or a connection ends. */
export class EndListeners {
  readonly #listeners = new Set<() => void>();

  /** Gives what takes the listener away. */
  add(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** It has ended: calls everybody once. */
  end(): void {
    const listeners = [...this.#listeners];
    this.#listeners.clear();
    for (const listener of listeners) listener();
  }
}
