import type { MemoryBudget } from "./memory-budget.ts";
import { StoredMessage } from "./stored-message.ts";
import type { Subscription } from "./subscription.ts";

/** What became of a published message. */
export type Published =
  { readonly kind: "queued"; readonly copies: number } | { readonly kind: "refused"; readonly reason: string };

/** A node that gives a copy of each message to each of its subscriptions. */
export class Topic {
  readonly address: string;
  readonly #budget: MemoryBudget;
  readonly #subscriptions = new Set<Subscription>();

  constructor(address: string, budget: MemoryBudget) {
    this.address = address;
    this.#budget = budget;
  }

  subscribe(subscription: Subscription): void {
    this.#subscriptions.add(subscription);
  }

  unsubscribe(subscription: Subscription): void {
    this.#subscriptions.delete(subscription);
  }

  /** Puts a copy into every subscription, or into none when one of them or the broker is full. */
  publish(bytes: Buffer): Published {
    for (const subscription of this.#subscriptions) {
      const reason = subscription.fullFor(bytes.length);
      if (reason !== undefined) return { kind: "refused", reason };
    }
    const copies = this.#subscriptions.size;
    if (copies === 0) return { kind: "queued", copies };
    const message = StoredMessage.create(bytes, copies, this.#budget);
    if (message === undefined) {
      return {
        kind: "refused",
        reason: `the broker is full: ${this.#budget.used} of ${this.#budget.limit} bytes are in use (maxTotalBytes)`,
      };
    }
    for (const subscription of [...this.#subscriptions]) subscription.add(message);
    return { kind: "queued", copies };
  }
}
