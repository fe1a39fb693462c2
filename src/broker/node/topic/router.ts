import { FilterIndex, RoutingPatterns } from "../../../filter/index.ts";
import type { RoutingPattern, SubscriptionErrors } from "../../../filter/index.ts";
import { filterBudget } from "../filter/filter-budget.ts";
import type { MessageView } from "../message/message-view.ts";
import type { TopicSubscription } from "./topic-subscription.ts";

/** Finds the subscriptions that want a message: all XQuery filters in one pass over one parse, none of them without a parse. */
export class Router {
  /** Those without XQuery filter and routing pattern. */
  readonly #plain = new Set<TopicSubscription>();
  readonly #patterns = new RoutingPatterns();
  /** Those without XQuery filter, by their routing pattern. */
  readonly #byPattern = new Map<RoutingPattern, Set<TopicSubscription>>();
  readonly #index = new FilterIndex({
    onQuarantine: (key) => {
      for (const onCostly of this.#byKey.get(key)?.onCostly ?? []) onCostly();
    },
  });
  readonly #byKey = new Map<string, TopicSubscription>();

  /** @throws FilterError for an XQuery filter that does not compile */
  add(subscription: TopicSubscription): void {
    const { key, filters } = subscription;
    const { query, pattern } = filters;
    if (query !== undefined) {
      this.#index.add(key, query, pattern === undefined ? {} : { routingKey: pattern });
      this.#byKey.set(key, subscription);
    } else if (pattern !== undefined) {
      const taken = this.#patterns.take(pattern);
      const users = this.#byPattern.get(taken) ?? new Set();
      this.#byPattern.set(taken, users.add(subscription));
    } else this.#plain.add(subscription);
  }

  remove(subscription: TopicSubscription): void {
    this.#plain.delete(subscription);
    if (this.#byKey.delete(subscription.key)) this.#index.remove(subscription.key);
    for (const [pattern, users] of this.#byPattern) {
      if (!users.delete(subscription)) continue;
      this.#patterns.release(pattern);
      if (users.size === 0) this.#byPattern.delete(pattern);
    }
  }

  route(message: MessageView): TopicSubscription[] {
    const found: TopicSubscription[] = [];
    for (const subscription of this.#plain) if (accepts(subscription, message)) found.push(subscription);
    if (this.#patterns.size > 0) {
      for (const pattern of this.#patterns.matching(message.routingKey)) {
        for (const subscription of this.#byPattern.get(pattern) ?? []) {
          if (accepts(subscription, message)) found.push(subscription);
        }
      }
    }
    if (this.#index.size > 0) this.#routeByIndex(message, found);
    return found;
  }

  /** What went wrong with the XQuery filter of a subscription. */
  errorsOf({ key }: TopicSubscription): SubscriptionErrors | undefined {
    return this.#index.errorsOf(key);
  }

  #routeByIndex(message: MessageView, found: TopicSubscription[]): void {
    const { document } = message;
    if (document === undefined) return;
    const { routingKey, filterMessage } = message;
    const budget = filterBudget(message.bytes.length);
    for (const key of this.#index.match(document, { routingKey, message: filterMessage, budget })) {
      const subscription = this.#byKey.get(key);
      if (subscription !== undefined && accepts(subscription, message)) found.push(subscription);
    }
  }
}

/** What neither the index nor the routing patterns have decided; mostly there is nothing. */
function accepts({ filters: { conditions } }: TopicSubscription, message: MessageView): boolean {
  return conditions.every((condition) => condition(message));
}
