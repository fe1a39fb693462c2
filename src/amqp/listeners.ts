import { textOf } from "../errors.ts";

/** Listeners by event name; each event has one argument. */
export class Listeners<E> {
  readonly #listeners: Map<keyof E, Set<(event: never) => void>> = new Map();

  /** @returns takes the listener away */
  on<K extends keyof E>(name: K, listener: (event: E[K]) => void): () => void {
    const listeners = this.#listeners.get(name) ?? new Set();
    this.#listeners.set(name, listeners.add(listener));
    return () => listeners.delete(listener);
  }

  /** A listener that throws is a warning of the process; the others hear of the event all the same. */
  emit<K extends keyof E>(name: K, event: E[K]): void {
    for (const listener of [...(this.#listeners.get(name) ?? [])]) {
      try {
        (listener as (event: E[K]) => void)(event);
      } catch (thrown) {
        process.emitWarning(`a listener of "${String(name)}" threw: ${textOf(thrown)}`, {
          code: "xqbus:callback-failed",
        });
      }
    }
  }
}
