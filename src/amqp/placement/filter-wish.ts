import type { Filter } from "../../filter/index.ts";
import type { Catalog } from "../../schema/index.ts";
import type { PlacementMode } from "./filter-placement.ts";

/** The filter of a subscription, and what of it may be asked of a broker. */
export interface FilterWish {
  readonly filter: Filter;
  /** Says which fields are promoted; without it selectors are not known. */
  readonly catalog?: Catalog | undefined;
  readonly mode: PlacementMode;
  /** Whether the link can be made again when the catalog wants another selector. */
  readonly canRenew: boolean;
}
