import { Libxml2 } from "./libxml2.ts";

/**
 * The engines of one catalog. One that was given back serves the next time: starting another one costs as much as compiling some
 * hundred event types. Its old schema goes when the next one is compiled.
 */
export class SpareEngine {
  readonly #maxErrors: number;
  #spare: Libxml2 | undefined;
  #isClosed = false;

  /** @param maxErrors see {@link Libxml2.load} */
  constructor(maxErrors: number) {
    this.#maxErrors = maxErrors;
  }

  /** A new engine. */
  start(): Promise<Libxml2> {
    return Libxml2.load({ maxErrors: this.#maxErrors });
  }

  /** The spare engine, or a new one. */
  async take(): Promise<Libxml2> {
    const spare = this.#spare;
    this.#spare = undefined;
    return spare ?? this.start();
  }

  /** Keeps an engine as the spare one, or frees it. */
  giveBack(engine: Pick<Libxml2, "close">): void {
    const isGood = engine instanceof Libxml2 && !engine.crashed && engine.memoryBytes <= MAX_SPARE_BYTES;
    if (isGood && this.#spare === undefined && !this.#isClosed) this.#spare = engine;
    else engine.close();
  }

  /** Frees the spare engine; those given back from now on are freed too. Idempotent. */
  close(): void {
    this.#isClosed = true;
    this.#spare?.close();
    this.#spare = undefined;
  }
}

/** A memory that a large document or schema has made grow does not shrink again. */
const MAX_SPARE_BYTES = 64 * 1024 * 1024;
