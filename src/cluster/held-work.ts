import type { LeasedWork } from "./leases.ts";

/** Something that this process does because it has the lease, from its beginning to its end. */
export class HeldWork {
  readonly name: string;
  readonly #lost = new AbortController();
  readonly #begun: Promise<() => Promise<void>>;
  #ended: Promise<void> | undefined;
  /** Until when the lease is ours for sure, by the monotonic clock. */
  until: number;
  readonly #onOver: () => void;
  #isOver = false;

  /** Begins it. @param onOver it has ended */
  constructor(
    name: string,
    work: LeasedWork,
    { until, onOver }: { readonly until: number; readonly onOver: () => void },
  ) {
    this.name = name;
    this.until = until;
    this.#onOver = onOver;
    this.#begun = Promise.resolve().then(() => work(this.#lost.signal));
  }

  /** Rejects as the work does when it could not begin. */
  async begun(): Promise<void> {
    await this.#begun;
  }

  /** Whether it has ended, so that others may have the lease. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** Whether it was told to end. */
  get isEnding(): boolean {
    return this.#ended !== undefined;
  }

  /** Tells it to end, at once and not twice; resolves when it has. Rejects as its end does. */
  end(): Promise<void> {
    this.#ended ??= this.#end();
    return this.#ended;
  }

  async #end(): Promise<void> {
    this.#lost.abort();
    try {
      const end = await this.#begun.catch(() => undefined);
      await end?.();
    } finally {
      this.#isOver = true;
      this.#onOver();
    }
  }
}
