import { XqbusError } from "../errors.ts";
import type { FilterProblem } from "./check/filter-problem.ts";
import { excerptOf } from "./excerpt.ts";

/** When the error shows: `static` = the filter can never be used; `dynamic` = evaluating it on one document failed. */
export type FilterPhase = "static" | "dynamic";

/** Place in the filter's text; line and column count from 1. */
export interface FilterPosition {
  readonly line: number;
  readonly column: number;
}

/**
 * A filter that does not compile, or whose evaluation failed.
 *
 * `code` is the code of the W3C (XQuery 3.1 appendix F, XQuery and XPath Functions 3.1 appendix C) such as `XPST0003`,
 * or `xqbus:invalid-query` where the engine names none. `message` is one line that starts with code and place;
 * {@link FilterError.excerpt} shows the line with a caret below the place.
 */
export class FilterError extends XqbusError {
  readonly phase: FilterPhase;
  readonly query: string;
  readonly line: number | undefined;
  readonly column: number | undefined;
  /** The message without code and place. */
  readonly reason: string;
  /** What the catalog says against the filter, where that is the error: all of it; this is the first. */
  readonly problems: readonly FilterProblem[];

  constructor(
    code: string,
    reason: string,
    details: {
      readonly phase: FilterPhase;
      readonly query: string;
      readonly position?: FilterPosition | undefined;
      readonly cause?: unknown;
      readonly problems?: readonly FilterProblem[];
    },
  ) {
    const place =
      details.position === undefined ? "" : ` at line ${details.position.line}, column ${details.position.column}`;
    super(code, `${code}${place}: ${reason}`, { cause: details.cause });
    this.phase = details.phase;
    this.query = details.query;
    this.line = details.position?.line;
    this.column = details.position?.column;
    this.reason = reason;
    this.problems = details.problems ?? [];
  }

  /** The error that says what a catalog has against a filter: the first of the problems, which must not be none. */
  static ofProblems(query: string, problems: readonly FilterProblem[]): FilterError {
    const [first] = problems as readonly [FilterProblem];
    const { code, severity, message, line, column } = first;
    const saysSo = severity === "warning" || code === "xqbus:filter-never-matches";
    const reason = saysSo ? message : `${message}; the filter can never match`;
    return new FilterError(code, reason, { phase: "static", query, position: { line, column }, problems });
  }

  /** The line of the query that has the error and a caret below the place, or the empty string when it is not known. */
  get excerpt(): string {
    if (this.line === undefined || this.column === undefined) return "";
    return excerptOf(this.query, { line: this.line, column: this.column });
  }
}
