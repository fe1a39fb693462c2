export { checkSyntax, UNCHECKED, type CheckedQuery } from "./check-syntax.ts";
export type { FilterCheck, FilterProblem, FilterProblemCode } from "./filter-problem.ts";
export { watchFilters, type FilterNews, type WatchedFilters } from "./watch-filters.ts";
