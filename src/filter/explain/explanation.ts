/** What became of a condition: it was true, false, never asked, or its evaluation failed. */
export type ConditionOutcome = "holds" | "does-not-hold" | "not-evaluated" | "error";

/**
 * What a part of a filter is:
 * - `and`, `or`, `not`, `if`: their children decide
 * - `comparison`: values seen on one side, wanted on the other
 * - `path`: holds when it finds a node; its children are its steps, and theirs the predicates
 * - `step`: one step of a path
 * - `quantified` (`some`, `every`), `flwor`
 * - `function`: a call whose result decides: `contains(…)`, `exists(…)`, `local:f(…)`
 * - `value`: anything else whose effective boolean value decides
 */
export type ConditionKind =
  "and" | "or" | "not" | "if" | "comparison" | "path" | "step" | "quantified" | "flwor" | "function" | "value";

/** Where a condition stands: in brackets behind a step, in a `where` clause, behind `satisfies`. */
export type ConditionRole = "predicate" | "where" | "satisfies";

/** A value that a condition saw. */
export interface SeenValue {
  /** The string value, shortened; `***` when it is sensitive. */
  readonly text: string;
  /** Where it stands in the document: `/Event/PhoneStatus/Status`; undefined for what the filter computed. */
  readonly path?: string;
}

/** A part of a filter, and what came out of it for one document. */
export interface Condition {
  readonly kind: ConditionKind;
  readonly role?: ConditionRole;
  /** As it is written in the filter, on one line, shortened. */
  readonly text: string;
  /** Where it begins in the filter's text, from 1. */
  readonly line: number;
  readonly column: number;
  /**
   * Of a condition that was asked several times (a predicate, `satisfies`, `where`): it holds when it held once, in an `every` when it held
   * each time.
   */
  readonly outcome: ConditionOutcome;
  /** How often it was asked, and how often it held. */
  readonly evaluations: number;
  readonly held: number;
  /** The first values seen, five at most. Evaluation ends as soon as the answer is known, and so do these. */
  readonly seen: readonly SeenValue[];
  readonly seenCount: number;
  /** What would have made it true: `= "free"`; only for comparisons. */
  readonly wanted?: string;
  /** Why it could not be evaluated. */
  readonly error?: ExplainedError;
  readonly children: readonly Condition[];
}

/** An error of the evaluation; `code` and `reason` as in a FilterError. */
export interface ExplainedError {
  readonly code: string;
  readonly reason: string;
  readonly line?: number;
  readonly column?: number;
}

/** Why a filter matches a document, or why not. Plain data: `JSON.stringify` gives its JSON form. */
export interface Explanation {
  /** The same as `filter.matches(document)`; false where that throws. */
  readonly matches: boolean;
  /** What `filter.matches(document)` throws. */
  readonly error?: ExplainedError;
  /** The whole filter. */
  readonly result: Condition;
  /** The innermost condition that decided against the document; undefined when the filter matches. */
  readonly firstFailure?: Condition;
}
