/** What has become of the recipients of one delivery. */
export interface RecipientsState {
  readonly taken: Set<string>;
  /** For good, and what the server said. */
  readonly refused: Map<string, string>;
}

/** Deliveries that are remembered. */
const MAX_DELIVERIES = 10_000;

/**
 * Remembers which recipients have a mail already when the server took it for some only, so that another attempt asks the others alone.
 * It forgets with the process: a recipient may then get a mail twice, with the same Message-ID.
 */
export class Recipients {
  readonly #states = new Map<string, RecipientsState>();

  /** Of a delivery; a new one is not remembered before {@link remember}. */
  of(delivery: string): RecipientsState {
    return this.#states.get(delivery) ?? { taken: new Set(), refused: new Map() };
  }

  remember(delivery: string, state: RecipientsState): void {
    this.#states.set(delivery, state);
    const [oldest] = this.#states.keys();
    if (this.#states.size > MAX_DELIVERIES && oldest !== undefined) this.#states.delete(oldest);
  }

  forget(delivery: string): void {
    this.#states.delete(delivery);
  }
}
