import type { Catalog } from "../../schema/index.ts";
import type { Filter } from "../filter.ts";
import type { FilterCheck } from "./filter-problem.ts";

/** The filters in use, asked for anew each time the catalog has changed: an array, the values of a map, the filters of an index. */
export type WatchedFilters = Iterable<Filter> | (() => Iterable<Filter>);

/** Told of a filter that could match before the catalog has changed, and now never can. */
export type FilterNews = (filter: Filter, check: FilterCheck) => void;

/**
 * Checks filters again whenever a catalog changes, and tells of those that newly can never match. The catalog changes only while
 * somebody watches it (`catalog.watch()`). A filter is not told of again until it could match in between.
 *
 * @returns ends it
 */
export function watchFilters(catalog: Catalog, filters: WatchedFilters, tell: FilterNews): () => void {
  const inUse = (): Iterable<Filter> => (typeof filters === "function" ? filters() : filters);
  const known = new WeakSet<Filter>();
  for (const filter of inUse()) if (!filter.check(catalog).canMatch) known.add(filter);
  return catalog.onChange(() => {
    for (const filter of inUse()) {
      const check = filter.check(catalog);
      if (check.canMatch) known.delete(filter);
      else if (!known.has(filter)) {
        known.add(filter);
        tell(filter, check);
      }
    }
  });
}
