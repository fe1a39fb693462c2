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

/** `5 right, 1 refused, 0 wrong`. */
export function formatCounts(results: readonly CaseResult[]): string {
  const count = (verdict: Verdict): number => results.filter((each) => each.verdict === verdict).length;
  return `${count("right")} right, ${count("refused")} refused, ${count("wrong")} wrong`;
}
