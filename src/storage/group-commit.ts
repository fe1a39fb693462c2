/** How a {@link GroupCommit} writes. */
export interface GroupCommitOptions<T> {
  /** Writes one batch and tells whoever asked what became of it. Never rejects. */
  readonly write: (batch: readonly T[]) => Promise<void>;
  /** Bytes that a request adds. */
  readonly sizeOf: (request: T) => number;
  /** Requests in one batch at most. Default 4,096. */
  readonly maxRequests?: number;
  /** Bytes in one batch at most, but for a single larger request. Default 16 MiB. */
  readonly maxBytes?: number;
}

const DEFAULT_MAX_REQUESTS = 4_096;
const DEFAULT_MAX_BYTES: number = 16 * 1024 * 1024;

/**
 * Joins requests to batches: what is asked in one turn of the event loop, or while a batch is being written, is the next batch. One
 * batch is written at a time, in the order of the requests.
 */
export class GroupCommit<T> {
  readonly #options: Required<GroupCommitOptions<T>>;
  #asked: T[] = [];
  #running: Promise<void> | undefined;

  constructor(options: GroupCommitOptions<T>) {
    this.#options = { maxRequests: DEFAULT_MAX_REQUESTS, maxBytes: DEFAULT_MAX_BYTES, ...options };
  }

  ask(request: T): void {
    this.#asked.push(request);
    this.#running ??= new Promise((resolve) => {
      setImmediate(() => void this.#run().then(resolve));
    });
  }

  /** Puts requests of a batch that could not be written before all others. */
  askAgain(requests: readonly T[]): void {
    this.#asked = [...requests, ...this.#asked];
  }

  /** Resolves when everything that was asked is written. */
  async idle(): Promise<void> {
    while (this.#running !== undefined) await this.#running;
  }

  async #run(): Promise<void> {
    while (this.#asked.length > 0) await this.#options.write(this.#takeBatch());
    this.#running = undefined;
  }

  #takeBatch(): readonly T[] {
    const { maxRequests, maxBytes, sizeOf } = this.#options;
    const asked = this.#asked;
    let bytes = 0;
    let count = 0;
    for (const request of asked) {
      bytes += sizeOf(request);
      if (count > 0 && (count >= maxRequests || bytes > maxBytes)) break;
      count++;
    }
    this.#asked = asked.slice(count);
    return count === asked.length ? asked : asked.slice(0, count);
  }
}
