import type { Delivery, DeliverySource } from "./delivery.ts";

/** What a subscription asks of its source, and has not got yet. */
export class Requests<D extends Delivery> {
  readonly #source: DeliverySource<D>;
  readonly #maxPending: number;
  readonly #onFailure: (what: string, error: unknown) => void;
  /** Deliveries that were requested and have not come. */
  #open = 0;

  constructor(source: DeliverySource<D>, maxPending: number, onFailure: (what: string, error: unknown) => void) {
    this.#source = source;
    this.#maxPending = maxPending;
    this.#onFailure = onFailure;
  }

  /** A delivery has come, asked for or not. */
  arrived(): void {
    if (this.#open > 0) this.#open--;
  }

  /** Asks for more in portions: when the source may send no more than what could be asked for. */
  ask(atHand: number): void {
    const room = this.#maxPending - atHand - this.#open;
    if (room <= 0 || room < this.#open) return;
    this.#open += room;
    try {
      this.#source.request(room);
    } catch (error) {
      this.#onFailure("did not take a request for more deliveries", error);
    }
  }

  /** No more are wanted. Never rejects. */
  async stop(): Promise<void> {
    try {
      await this.#source.stop();
    } catch (error) {
      this.#onFailure("did not stop", error);
    }
  }
}
