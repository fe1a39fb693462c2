/** Bounds of a cache. */
export interface ResourceCacheOptions {
  /** How long a value is good, in milliseconds; 0 keeps none. */
  readonly keepMs: number;
  /** Values that are kept at most; the oldest go first. */
  readonly maxValues: number;
  /** Milliseconds of a clock that is never set. */
  readonly now?: () => number;
}

/** Values by key for a short time. Who asks for one that is being fetched waits for the same fetch. */
export class ResourceCache<T> {
  readonly #options: ResourceCacheOptions;
  readonly #now: () => number;
  readonly #values: Map<string, { readonly value: T; readonly until: number }> = new Map();
  readonly #fetches: Map<string, Promise<T>> = new Map();

  constructor(options: ResourceCacheOptions) {
    this.#options = options;
    this.#now = options.now ?? (() => performance.now());
  }

  /** The value, from here or by `fetch`; a failure is not kept. */
  get(key: string, fetch: () => Promise<T>): Promise<T> {
    const known = this.#values.get(key);
    if (known !== undefined && this.#now() < known.until) return Promise.resolve(known.value);
    this.#values.delete(key);
    const running = this.#fetches.get(key);
    if (running !== undefined) return running;
    const fetched = fetch()
      .then((value) => {
        this.#keep(key, value);
        return value;
      })
      .finally(() => this.#fetches.delete(key));
    this.#fetches.set(key, fetched);
    return fetched;
  }

  #keep(key: string, value: T): void {
    const { keepMs, maxValues } = this.#options;
    if (keepMs <= 0) return;
    this.#values.set(key, { value, until: this.#now() + keepMs });
    for (const oldest of this.#values.keys()) {
      if (this.#values.size <= maxValues) return;
      this.#values.delete(oldest);
    }
  }
}
