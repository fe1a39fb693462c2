export { FilterIndex } from "./filter-index.ts";
export type { MatchOptions, SubscriptionOptions } from "./filter-index.ts";
export { DEFAULT_FILTER_INDEX_OPTIONS, type FilterIndexOptions } from "./filter-index-options.ts";
export type { Indexing } from "./indexing.ts";
export { RoutingPatterns, type RoutingPattern } from "./routing-patterns.ts";
export type { SubscriptionErrors } from "./subscription.ts";
export { varyLiterals } from "./vary-literals.ts";
