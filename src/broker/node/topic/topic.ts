import type { MessageStore } from "../../store/message-store.ts";
import type { FilterFailures } from "../filter/consumer-filters.ts";
import { intoQueues } from "../hand-out.ts";
import type { Published, Repetition } from "../hand-out.ts";
import type { MemoryBudget } from "../memory-budget.ts";
import type { MessageView } from "../message/message-view.ts";
import type { LinkFilters } from "../filter/link-filters.ts";
import { Router } from "./router.ts";
import type { TopicSubscription } from "./topic-subscription.ts";

/** A node that gives a copy of each message to each of its subscriptions that wants it. */
export class Topic {
  readonly kind = "topic" as const;
  readonly address: string;
  readonly #budget: MemoryBudget;
  readonly #store: MessageStore | undefined;
  readonly #router = new Router();
  readonly #subscriptions = new Map<string, TopicSubscription>();

  /** @param store where kept subscriptions have their messages */
  constructor(address: string, budget: MemoryBudget, store?: MessageStore) {
    this.address = address;
    this.#budget = budget;
    this.#store = store;
  }

  get subscriptions(): readonly TopicSubscription[] {
    return [...this.#subscriptions.values()];
  }

  /** Whether nothing would be lost without it. */
  get isIdle(): boolean {
    return this.#subscriptions.size === 0;
  }

  subscription(key: string): TopicSubscription | undefined {
    return this.#subscriptions.get(key);
  }

  /** How often the filter of a subscription failed, and how the first time. */
  failuresOf(subscription: TopicSubscription): FilterFailures & { readonly isQuarantined: boolean } {
    const errors = this.#router.errorsOf(subscription);
    return {
      ...{ count: errors?.count ?? 0, first: errors?.first.message, isQuarantined: errors?.isQuarantined === true },
    };
  }

  subscribe(subscription: TopicSubscription): void {
    this.#router.add(subscription);
    this.#subscriptions.set(subscription.key, subscription);
  }

  /** Other filters for what is published from now on. */
  changeFilters(subscription: TopicSubscription, filters: LinkFilters): void {
    this.#router.remove(subscription);
    subscription.filters = filters;
    this.#router.add(subscription);
  }

  unsubscribe(subscription: TopicSubscription): void {
    this.#router.remove(subscription);
    this.#subscriptions.delete(subscription.key);
  }

  /** Puts a copy into every subscription that wants one, or into none when one of them or the broker is full. */
  publish(message: MessageView, now: number, again?: Repetition): Published | Promise<Published> {
    const queues = this.#router.route(message).map(({ queue }) => queue);
    return intoQueues(message, queues, { now, again, budget: this.#budget, store: this.#store });
  }

  /** Whether a subscription wants the message. */
  isFor(message: MessageView): boolean {
    return this.#router.route(message).length > 0;
  }
}
