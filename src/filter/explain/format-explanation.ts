import type { Condition, ConditionOutcome, ExplainedError, Explanation } from "./explanation.ts";

/** How an explanation is written. */
export interface FormatExplanationOptions {
  /** `unicode` (default): ✓ ✗ ! ·, `ascii`: [yes] [no] [error] [-]. */
  readonly symbols?: "unicode" | "ascii";
}

/**
 * An explanation as text for people: the answer, the first condition that failed, and the tree of conditions, one a line. Steps of
 * paths are only shown where something depends on them.
 */
export function formatExplanation(explanation: Explanation, options: FormatExplanationOptions = {}): string {
  const symbols = SYMBOLS[options.symbols ?? "unicode"];
  const { matches, error, result, firstFailure } = explanation;
  const answer: ConditionOutcome = error !== undefined ? "error" : matches ? "holds" : "does-not-hold";
  const lines = [`${symbols.mark[answer]} ${ANSWERS[answer]}${error === undefined ? "" : `: ${errorText(error)}`}`];
  if (firstFailure !== undefined) {
    const { line, column } = firstFailure;
    lines.push(`  first failed at line ${line}, column ${column}: ${conditionText(firstFailure, symbols, true)}`);
  }
  return [...lines, "", ...conditionLines(result, "", symbols)].join("\n");
}

interface Symbols {
  readonly mark: Readonly<Record<ConditionOutcome, string>>;
  readonly dash: string;
}

const SYMBOLS: Readonly<Record<"unicode" | "ascii", Symbols>> = {
  unicode: { mark: { holds: "✓", "does-not-hold": "✗", "not-evaluated": "·", error: "!" }, dash: "—" },
  ascii: { mark: { holds: "[yes]", "does-not-hold": "[no]", "not-evaluated": "[-]", error: "[error]" }, dash: "-" },
};

const ANSWERS: Readonly<Record<ConditionOutcome, string>> = {
  holds: "the filter matches",
  "does-not-hold": "the filter does not match",
  error: "the filter cannot be evaluated, which is no match",
  "not-evaluated": "",
};

function conditionLines(condition: Condition, indent: string, symbols: Symbols): readonly string[] {
  const inner = condition.children.filter((child) => isShown(child, condition));
  const line = `${indent}${symbols.mark[condition.outcome]} ${conditionText(condition, symbols, inner.length === 0)}`;
  return [line, ...inner.flatMap((child) => conditionLines(child, `${indent}  `, symbols))];
}

/** Paths whose steps all found something say nothing that the line above does not say. */
function isShown(child: Condition, parent: Condition): boolean {
  const isPart =
    child.kind === "step" ||
    (child.kind === "path" && parent.kind !== "and" && parent.kind !== "or" && parent.kind !== "not");
  if (!isPart || hasConditions(child)) return true;
  return parent.outcome !== "holds" && child.outcome === "does-not-hold";
}

function hasConditions({ children }: Condition): boolean {
  return children.some((child) => child.kind !== "step" || hasConditions(child));
}

function conditionText(condition: Condition, { dash }: Symbols, isLeaf: boolean): string {
  const { kind, role, text, outcome, error } = condition;
  // Where the parts follow, their text need not stand twice.
  const isJunction = !isLeaf && (kind === "and" || kind === "or" || kind === "not" || kind === "if");
  const words = isJunction ? kind : text;
  const placed = role === "predicate" ? `[${words}]` : role === undefined ? words : `${role} ${words}`;
  if (outcome === "not-evaluated") return `${placed} ${dash} not evaluated`;
  if (error !== undefined) return `${placed} ${dash} ${errorText(error)}`;
  const remarks = [...seenText(condition), ...wantedText(condition), ...countText(condition)];
  return remarks.length === 0 ? placed : `${placed} ${dash} ${remarks.join(", ")}`;
}

function seenText({ kind, outcome, seen, seenCount }: Condition): readonly string[] {
  if (kind === "step" || kind === "path") {
    if (outcome === "holds") return [`found ${seen[0]?.path ?? seen[0]?.text ?? "something"}`];
    return seenCount === 0 ? ["found nothing"] : [];
  }
  if (kind !== "comparison" && kind !== "function" && kind !== "value") return [];
  if (seenCount === 0) return kind === "comparison" ? ["saw nothing"] : [];
  const texts = seen.map(({ text }) => text);
  const more = seenCount > seen.length ? [`${seenCount - seen.length} more`] : [];
  return [`saw ${[...texts, ...more].join(", ")}`];
}

function wantedText({ wanted, outcome }: Condition): readonly string[] {
  return wanted === undefined || outcome === "holds" ? [] : [`wanted ${wanted}`];
}

function countText({ kind, evaluations, held }: Condition): readonly string[] {
  return kind !== "step" && evaluations > 1 ? [`held ${held} of ${evaluations} times`] : [];
}

function errorText({ code, reason, line, column }: ExplainedError): string {
  const place = line === undefined || column === undefined ? "" : ` at line ${line}, column ${column}`;
  return `${code}${place}: ${reason}`;
}
