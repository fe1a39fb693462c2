export { compileFilter, DEFAULT_FILTER_NAMESPACES } from "./compile-filter.ts";
export type { FilterOptions } from "./compile-filter.ts";
export { EVERY_EVENT } from "./every-event.ts";
export { FilterError } from "./filter-error.ts";
export type { FilterPhase, FilterPosition } from "./filter-error.ts";
export type { FilterItem } from "./filter-item.ts";
export type { Filter, FilterLanguage } from "./filter.ts";
export { DEFAULT_FILTER_INDEX_OPTIONS, FilterIndex, varyLiterals } from "./index/index.ts";
export type {
  FilterIndexOptions,
  Indexing,
  MatchOptions,
  SubscriptionErrors,
  SubscriptionOptions,
} from "./index/index.ts";
export { MESSAGE_NAMESPACE } from "./message/filter-message.ts";
export type { FilterMessage, PropertyValue } from "./message/filter-message.ts";
