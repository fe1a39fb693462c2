import type { Qt3Verdict, RawItem } from "./qt3.ts";

/** How a case ended: as the suite says, with a refusal that names the construct, or neither. */
export type Verdict = "right" | "refused" | "wrong";

/** The outcome of one case, and our own words about it where there are any. */
export interface CaseResult {
  /** Unique in the suite: `set/group` or `set/group/instance`, or the id. */
  readonly name: string;
  readonly kind: "schema" | "instance" | "document";
  readonly expected: string;
  readonly got: string;
  readonly verdict: Verdict;
  readonly message?: string | undefined;
  /** Where the suite itself marks the case as doubtful: its word. */
  readonly status?: string | undefined;
}

/** The outcome of one query of the QT3 suite. */
export interface QueryResult {
  /** `set/name`, unique in the suite. */
  readonly name: string;
  readonly kind: "query";
  readonly verdict: Qt3Verdict;
  readonly phase: "static" | "dynamic";
  /** The raw result as far as it is not long; undefined where there is an error. */
  readonly result?: readonly RawItem[] | undefined;
  /** The error's code. */
  readonly code?: string | undefined;
  /** The error's sentence, or why the result is not what the case asks for. */
  readonly message?: string | undefined;
}

/** `5 right, 1 refused, 0 wrong`. */
export function formatCounts(results: readonly CaseResult[]): string {
  const count = (verdict: Verdict): number => results.filter((each) => each.verdict === verdict).length;
  return `${count("right")} right, ${count("refused")} refused, ${count("wrong")} wrong`;
}

/** `5 pass, 1 refused, 0 wrong, 0 wrong code, 0 not checked`. */
export function formatQueryCounts(results: readonly QueryResult[]): string {
  return (["pass", "refused", "wrong", "wrong code", "not checked"] as const)
    .map((verdict) => `${results.filter((each) => each.verdict === verdict).length} ${verdict}`)
    .join(", ");
}
