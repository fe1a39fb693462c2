import type { Sequence } from "./item.ts";

/**
 * An error of a query, static or dynamic, inside the engine. Whoever compiled or evaluates the query turns it into a FilterError
 * with the query's text and the place.
 *
 * Made without a stack trace: a filter may fail for every event.
 */
export class QueryError extends Error {
  /** A local name in the namespace of XQuery's errors (`XPTY0004`), `Q{uri}local`, or a code of our own (`xqbus:limit-exceeded`). */
  readonly code: string;
  /** One sentence without place and code: what was wrong and what would be right. */
  readonly reason: string;
  /** Offset in the query, where it is known. The innermost expression that knows it sets it. */
  at: number | undefined;
  /** The error object of `fn:error`, for `$err:value`. */
  readonly value: Sequence;

  constructor(code: string, reason: string, at?: number, value: Sequence = []) {
    const limit = Error.stackTraceLimit;
    Error.stackTraceLimit = 0;
    super(reason);
    Error.stackTraceLimit = limit;
    this.code = code;
    this.reason = reason;
    this.at = at;
    this.value = value;
  }
}

/** What a query cannot have here, named; thrown when it is compiled. It is neither wrong nor evaluated: refused. */
export class UnsupportedError extends QueryError {
  /** The construct: `the namespace axis`, `fn:doc`. */
  readonly construct: string;

  constructor(construct: string, instead: string, at?: number) {
    super("xqbus:unsupported", `${construct} is not supported; ${instead}`, at);
    this.construct = construct;
  }
}

/** The end of a budget: a limit of the implementation (XPath 3.1, appendix F, XPDY0130). No `try` of the query catches it. */
export class BudgetError extends QueryError {
  constructor(reason: string) {
    super("XPDY0130", reason);
  }
}
