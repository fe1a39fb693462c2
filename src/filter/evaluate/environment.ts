import type { Budget } from "./budget.ts";
import type { Item, Sequence } from "../values/item.ts";

/** What one evaluation of a query shares: the same for all its expressions. */
export interface Environment {
  readonly budget: Budget;
  /** `fn:current-dateTime()`: one instant for the whole evaluation. */
  readonly now: Date;
  /** The values of external variables by the Clark name (`{uri}local`, `local`). */
  readonly variables: ReadonlyMap<string, Sequence>;
  /** Values of `declare variable`, by number, evaluated when first used. */
  readonly globals: (Sequence | "pending" | undefined)[];
  /** The context item of the query as a whole. */
  readonly contextItem: Item | undefined;
}

/**
 * The dynamic context of an expression (XQuery 3.1, section 2.1.2). A new focus is a new object; `slots` holds the local variables
 * of one function activation and is shared by all expressions of that function's body.
 */
export interface Context {
  /** The context item; undefined when it is absent (XPDY0002). */
  readonly item: Item | undefined;
  /** From 1. */
  readonly position: number;
  /** `last()`; 0 where nobody asked for it when the expression was compiled. */
  readonly size: number;
  readonly slots: Sequence[];
  readonly environment: Environment;
}
