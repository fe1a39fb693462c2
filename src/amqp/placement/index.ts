export type { BrokerFilter, FilterPlacement, PlacementMode } from "./filter-placement.ts";
export type { FilterWish } from "./filter-wish.ts";
export { describedFilters, echoedFilters } from "./described-filters.ts";
export { judgePlacement } from "./judge-placement.ts";
export { planFilters, type FilterPlan } from "./plan-filters.ts";
