import type { XqbusErrorCode } from "../../errors.ts";

/** Codes of what a catalog says against a filter. */
export type FilterProblemCode = Extract<XqbusErrorCode, `xqbus:filter-${string}`>;

/** One thing in a filter that no valid event of the catalog can fulfil. */
export interface FilterProblem {
  readonly code: FilterProblemCode;
  /** `error` where the filter can never match at all. */
  readonly severity: "error" | "warning";
  /** One sentence without the place: `PhoneStatus has no child Statsu (did you mean e:Status?)`. */
  readonly message: string;
  /** In the filter's text, from 1. */
  readonly line: number;
  /** From 1, in UTF-16 code units. */
  readonly column: number;
  /** The line of the filter and a caret below the place. */
  readonly excerpt: string;
  /** What was probably meant, as it is to be written there. */
  readonly suggestion?: string;
}

/** What a catalog says about a filter. */
export interface FilterCheck {
  /** Whether a valid event can match. */
  readonly canMatch: boolean;
  /** The event types whose events can match, sorted as in the catalog; "all" when none is ruled out. */
  readonly eventTypes: readonly string[] | "all";
  /** In the order of the text. */
  readonly problems: readonly FilterProblem[];
}
