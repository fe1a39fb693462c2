import { FilterIndex, RoutingPatterns } from "../../../filter/index.ts";
import type { SubscriptionErrors } from "../../../filter/index.ts";
import { MessageView } from "../message/message-view.ts";
import { filterBudget } from "./filter-budget.ts";
import type { LinkFilters } from "./link-filters.ts";

/** The only subscription of its index. */
const ONLY = "";

/** Decides for one consumer of a queue which messages it wants. */
export class WantedMessages {
  readonly #filters: LinkFilters;
  readonly #patterns = new RoutingPatterns();
  /** Undefined without XQuery filter. */
  readonly #index: FilterIndex | undefined;

  /** @param onCostly the XQuery filter has run out of its budget too often: nothing matches it any more */
  constructor(filters: LinkFilters, onCostly: () => void) {
    const { query, pattern } = filters;
    this.#filters = filters;
    if (pattern !== undefined) this.#patterns.take(pattern);
    if (query === undefined) return;
    this.#index = new FilterIndex({ onQuarantine: onCostly });
    this.#index.add(ONLY, query);
  }

  /** Whether filters let everything pass. */
  static areAll({ query, pattern, conditions }: LinkFilters): boolean {
    return query === undefined && pattern === undefined && conditions.length === 0;
  }

  /** What went wrong with the XQuery filter. */
  get errors(): SubscriptionErrors | undefined {
    return this.#index?.errorsOf(ONLY);
  }

  has(bytes: Buffer): boolean {
    const { pattern, conditions } = this.#filters;
    const message = new MessageView(bytes);
    if (pattern !== undefined && this.#patterns.matching(message.routingKey).length === 0) return false;
    if (!conditions.every((condition) => condition(message))) return false;
    return this.#index === undefined || matches(this.#index, message);
  }
}

function matches(index: FilterIndex, message: MessageView): boolean {
  const { document } = message;
  if (document === undefined) return false;
  return (
    index.match(document, { message: message.filterMessage, budget: filterBudget(message.bytes.length) }).length > 0
  );
}
