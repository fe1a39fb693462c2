export { watchFilters } from "./check/index.ts";
export type { FilterCheck, FilterNews, FilterProblem, FilterProblemCode, WatchedFilters } from "./check/index.ts";
export { compileFilter, DEFAULT_FILTER_NAMESPACES } from "./compile-filter.ts";
export type { FilterOptions } from "./compile-filter.ts";
export { EVERY_EVENT } from "./every-event.ts";
export { FilterError } from "./filter-error.ts";
export type { FilterPhase, FilterPosition } from "./filter-error.ts";
export type { FilterItem } from "./filter-item.ts";
export type { Filter, FilterLanguage } from "./filter.ts";
