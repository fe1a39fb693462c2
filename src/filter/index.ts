export { watchFilters } from "./check/index.ts";
export type { FilterCheck, FilterNews, FilterProblem, FilterProblemCode, WatchedFilters } from "./check/index.ts";
export { compileFilter } from "./compile-filter.ts";
export { DEFAULT_FILTER_NAMESPACES } from "./filter-options.ts";
export type { FilterOptions } from "./filter-options.ts";
export { EVERY_EVENT } from "./every-event.ts";
export type {
  Condition,
  ConditionKind,
  ConditionOutcome,
  ConditionRole,
  ExplainedError,
  Explanation,
  SeenValue,
} from "./explain/explanation.ts";
export { formatExplanation, type FormatExplanationOptions } from "./explain/format-explanation.ts";
export { FilterError } from "./filter-error.ts";
export type { FilterPhase, FilterPosition } from "./filter-error.ts";
export type { FilterItem } from "./filter-item.ts";
export type { Filter, FilterLanguage } from "./filter.ts";
export { DEFAULT_FILTER_INDEX_OPTIONS, FilterIndex, RoutingPatterns, varyLiterals } from "./index/index.ts";
export type {
  FilterIndexOptions,
  Indexing,
  MatchOptions,
  RoutingPattern,
  SubscriptionErrors,
  SubscriptionOptions,
} from "./index/index.ts";
export { MESSAGE_NAMESPACE } from "./message/filter-message.ts";
export type { FilterMessage, PropertyValue } from "./message/filter-message.ts";
export { compileSelector, type Selector } from "./selector/compile-selector.ts";
export { formulaText as impliedText, likePattern } from "./selector/formula.ts";
export type { ImpliedCondition, PropertyTest } from "./selector/formula.ts";
export type { TypeLabels } from "./selector/implied-selector.ts";
export { SelectorError } from "./selector/selector-error.ts";
export type { SelectorProperties, SelectorValue } from "./selector/selector-value.ts";
