import { nearestName } from "../../schema/index.ts";
import type { BinaryExpression, Expression, GeneralComparison } from "../syntax/ast.ts";
import type { Analysis, Place } from "./analysis.ts";
import { atomizeAll } from "./atomize.ts";
import { GENERAL, objectionTo, type ComparisonForm, type Objection } from "./compare-items.ts";
import { NO_EVENTS, type EventSet } from "./event-set.ts";
import { asLiteral } from "./explain-refusal.ts";
import { eventsOf, truth, type AtomicItem, type Value } from "./value.ts";
import { didYouMean, listOr, quote } from "./words.ts";

/** A general or value comparison: true where some pair of items may compare so; false is never ruled out. */
export function evaluateComparison(comparison: BinaryExpression, place: Place, analysis: Analysis): Value {
  const written = comparison.operator as ComparisonForm["written"];
  const general = GENERAL[written];
  const form = {
    operator: general ?? (written as GeneralComparison),
    written,
    isValueComparison: general !== undefined,
  };
  const [left, right] = [comparison.left, comparison.right].map((each) => analysis.evaluate(each, place)) as [
    Value,
    Value,
  ];
  const [first, second] = [atomizeAll(left.items), atomizeAll(right.items)];
  analysis.charge(first.length * second.length);
  const { whenTrue, objection } = comparePairs(form, first, second);
  if (first.length > 0 && second.length > 0) {
    analysis.findings.judge(comparison, objection === undefined, () => ({
      code: "xqbus:filter-never-matches",
      message: "this comparison never holds",
      ...(objectionToConstants(written, first, second) ?? objection),
      at: placeOf(comparison),
    }));
  }
  const truths = truth(whenTrue & place.live, form.isValueComparison ? eventsOf(left) & eventsOf(right) : place.live);
  return form.isValueComparison ? { ...truths, empty: (left.empty | right.empty) & place.live } : truths;
}

/** For which event types a pair may hold; the objection to the first pair, where there is one to each of them. */
function comparePairs(
  form: ComparisonForm,
  left: readonly AtomicItem[],
  right: readonly AtomicItem[],
): { readonly whenTrue: EventSet; readonly objection: Objection | undefined } {
  let whenTrue = NO_EVENTS;
  let first: Objection | undefined;
  let mayHold = false;
  for (const a of left) {
    for (const b of right) {
      const objection = objectionTo(form, a, b);
      first ??= objection;
      if (objection !== undefined) continue;
      mayHold = true;
      whenTrue |= a.events & b.events;
    }
  }
  return { whenTrue, objection: mayHold ? undefined : first };
}

/** Where several texts are compared with one, such as the names of elements: which one was meant. */
function objectionToConstants(
  written: string,
  left: readonly AtomicItem[],
  right: readonly AtomicItem[],
): Objection | undefined {
  const [several, [one, ...more]] = right.length > 1 ? [right, left] : [left, right];
  const values = several.flatMap(({ constant }) => (typeof constant === "string" ? constant : []));
  if (values.length < 2 || values.length < several.length || more.length > 0) return undefined;
  const wanted = one?.constant;
  if (typeof wanted !== "string") return undefined;
  const near = nearestName(wanted, values);
  const meant = near === undefined ? undefined : asLiteral(near);
  const message = `${written} ${quote(wanted)} never holds: the value is ${listOr(values.map(quote))}${didYouMean(meant)}`;
  return { code: "xqbus:filter-never-matches", message, suggestion: meant };
}

/** The value that is written, where there is one: it is what is wrong most often. */
function placeOf({ left, right, at }: BinaryExpression): number {
  return [right, left].find(isWritten)?.at ?? at;
}

function isWritten(expression: Expression): boolean {
  return expression.kind === "literal";
}
