import type { Clock } from "../clock.ts";
import type { Delivery } from "./delivery.ts";
import type { HandledIds } from "./handled-ids.ts";
import { withinTime } from "./within-time.ts";

/** How a subscription asks its {@link HandledIds}: in bounded time, and what fails is told and counts as "not seen". */
export class HandledWindow<D extends Delivery> {
  readonly #ids: HandledIds | undefined;
  readonly #clock: Clock;
  readonly #timeoutMs: number;
  readonly #onFailure: (error: unknown, delivery: D) => void;

  constructor(
    options: { readonly handled: HandledIds | undefined; readonly clock: Clock; readonly handledTimeoutMs: number },
    onFailure: (error: unknown, delivery: D) => void,
  ) {
    this.#ids = options.handled;
    this.#clock = options.clock;
    this.#timeoutMs = options.handledTimeoutMs;
    this.#onFailure = onFailure;
  }

  /** The id by which repetitions of a delivery are recognised; undefined if they are not. */
  idOf(delivery: D): string | undefined {
    return this.#ids === undefined ? undefined : delivery.id;
  }

  async has(delivery: D): Promise<boolean> {
    return (await this.#ask(delivery, (ids, id) => ids.has(id))) ?? false;
  }

  async add(delivery: D): Promise<void> {
    await this.#ask(delivery, (ids, id) => ids.add(id));
  }

  async #ask<T>(delivery: D, question: (ids: HandledIds, id: string) => T | Promise<T>): Promise<T | undefined> {
    const ids = this.#ids;
    const { id } = delivery;
    if (ids === undefined || id === undefined) return undefined;
    try {
      return await withinTime(() => question(ids, id), this.#clock, this.#timeoutMs, "option handledTimeoutMs");
    } catch (error) {
      this.#onFailure(error, delivery);
      return undefined;
    }
  }
}
