import type { NumberRange, PossibleText } from "../../schema/index.ts";
import { ALL_NUMBERS, nearestName, rangeOfNumber } from "../../schema/index.ts";
import type { GeneralComparison, ValueComparison } from "../syntax/ast.ts";
import { explainRefusal } from "./explain-refusal.ts";
import type { Finding } from "./findings.ts";
import type { AtomicItem, ValueKind } from "./value.ts";
import { didYouMean, listOr, quote } from "./words.ts";

/** Why a comparison never holds. */
export type Objection = Omit<Finding, "at">;

/** How two items are compared. */
export interface ComparisonForm {
  /** General comparisons cast untyped values to the type of the other side, value comparisons make strings of them. */
  readonly isValueComparison: boolean;
  readonly operator: GeneralComparison;
  /** As written. */
  readonly written: GeneralComparison | ValueComparison;
}

/** Why a comparison of these two never holds, be it that it fails; undefined when it may hold. */
export function objectionTo(form: ComparisonForm, a: AtomicItem, b: AtomicItem): Objection | undefined {
  if (a.type === "other" || b.type === "other") return undefined;
  if (a.type === "untyped" && b.type === "untyped") return betweenTexts(form, a, b);
  if (a.type === "untyped") return withText(form, a, b);
  if (b.type === "untyped") return withText({ ...form, operator: MIRRORED[form.operator] }, b, a);
  if (a.type !== b.type) return isMixable(a.type, b.type) ? undefined : incompatible(form, a, b);
  if (a.type === "number") return betweenNumbers(form.operator, a, b);
  return betweenValues(form, a, b);
}

/** Two elements or attributes: their texts are compared. */
function betweenTexts({ operator }: ComparisonForm, a: AtomicItem, b: AtomicItem): Objection | undefined {
  const [first, second] = [a.text, b.text];
  if (operator !== "=" || first === undefined || second === undefined || (first.mayBeEmpty && second.mayBeEmpty))
    return undefined;
  const [family, other] = [first.family, second.family];
  if (family === undefined || other === undefined || family === "string" || other === "string" || family === other)
    return undefined;
  const message = `${nameOf(a)} (${family}) and ${nameOf(b)} (${other}) are compared as texts, and never are the same`;
  return { code: "xqbus:filter-incompatible-types", message };
}

/** An element or attribute, and a value with a type. */
function withText(form: ComparisonForm, node: AtomicItem, other: AtomicItem): Objection | undefined {
  const { text } = node;
  if (other.type === "string") {
    return text === undefined ? undefined : withString(form.operator, node, text, other);
  }
  if (form.isValueComparison) {
    const general = GENERAL[form.written] ?? form.written;
    const message =
      `${form.written} takes ${nameOf(node)} as a text, which cannot be compared with a ${other.type}; ` +
      `write ${general}, or convert the text`;
    return { code: "xqbus:filter-incompatible-types", message, suggestion: general };
  }
  if (text === undefined) return undefined;
  if (other.type === "number") return withNumber(form.operator, node, text, other);
  if (other.type === "boolean") return withBoolean(node, text);
  const { family } = text;
  if (family === undefined || family === "string" || family === other.type) return undefined;
  return neverA(node, family, other.type);
}

function withString(
  operator: GeneralComparison,
  node: AtomicItem,
  text: PossibleText,
  { constant }: AtomicItem,
): Objection | undefined {
  if (operator !== "=" || typeof constant !== "string") return undefined;
  const refusal = text.refusalOf(constant);
  return refusal === undefined ? undefined : explainRefusal(nameOf(node), constant, refusal);
}

function withNumber(
  operator: GeneralComparison,
  node: AtomicItem,
  text: PossibleText,
  other: AtomicItem,
): Objection | undefined {
  const { family, words } = text;
  if (words?.every((word) => rangeOfNumber(word) === undefined) === true) {
    return { code: "xqbus:filter-incompatible-types", message: `${nameOf(node)} is ${listOr(words)}, never a number` };
  }
  if (family === undefined || family === "string") return undefined;
  if (family !== "number") return neverA(node, family, "number");
  const values = text.listedNumbers?.map(rangeOfNumber);
  const numbers = other.numbers ?? ALL_NUMBERS;
  if (values !== undefined && !values.some((each) => each === undefined || mayHold(operator, each, numbers))) {
    const listed = text.listedNumbers ?? [];
    const message = `${nameOf(node)} is one of ${listed.join(", ")}: this never holds`;
    return { code: "xqbus:filter-not-in-enumeration", message };
  }
  return outsideRange(operator, node, text.numbers ?? ALL_NUMBERS, numbers);
}

/** xs:boolean has four texts. */
function withBoolean(node: AtomicItem, text: PossibleText): Objection | undefined {
  const { family, words } = text;
  if (words !== undefined && !words.some((word) => BOOLEAN_TEXTS.includes(word.trim()))) {
    return {
      code: "xqbus:filter-incompatible-types",
      message: `${nameOf(node)} is ${listOr(words)}, never true or false`,
    };
  }
  return family === undefined || family === "string" || family === "number"
    ? undefined
    : neverA(node, family, "boolean");
}

function betweenNumbers(operator: GeneralComparison, a: AtomicItem, b: AtomicItem): Objection | undefined {
  const [first, second] = [numbersOf(a), numbersOf(b)];
  if (mayHold(operator, first, second)) return undefined;
  if (a.text !== undefined) return outsideRange(operator, a, first, second);
  if (b.text !== undefined) return outsideRange(MIRRORED[operator], b, second, first);
  return { code: "xqbus:filter-never-matches", message: `${range(first)} ${operator} ${range(second)} never holds` };
}

/** A number that was read from an element has at most the range of the element. */
function numbersOf({ numbers, text }: AtomicItem): NumberRange {
  return numbers ?? text?.numbers ?? ALL_NUMBERS;
}

function outsideRange(
  operator: GeneralComparison,
  node: AtomicItem,
  values: NumberRange,
  numbers: NumberRange,
): Objection | undefined {
  if (mayHold(operator, values, numbers)) return undefined;
  const what =
    values.isInteger && operator === "=" && values.min <= numbers.min && numbers.max <= values.max
      ? "a whole number"
      : range(values);
  const message = `${nameOf(node)} is ${what}: ${operator} ${range(numbers)} never holds`;
  return { code: "xqbus:filter-outside-facet", message };
}

/** Whether some number of the one range compares so with some of the other. NaN has the empty range. */
function mayHold(operator: GeneralComparison, a: NumberRange, b: NumberRange): boolean {
  switch (operator) {
    case "=": {
      const [min, max] = [Math.max(a.min, b.min), Math.min(a.max, b.max)];
      return min <= max && (!(a.isInteger || b.isInteger) || Math.ceil(min) <= Math.floor(max));
    }
    case "!=":
      return a.min !== a.max || b.min !== b.max || a.min !== b.min;
    case "<":
      return a.min < b.max;
    case "<=":
      return a.min <= b.max;
    case ">":
      return a.max > b.min;
    case ">=":
      return a.max >= b.min;
  }
}

function betweenValues({ operator, written }: ComparisonForm, a: AtomicItem, b: AtomicItem): Objection | undefined {
  const [first, second] = [a.constant, b.constant];
  if (operator === "=" && a.text !== undefined && typeof second === "string") return withString(operator, a, a.text, b);
  if (operator === "=" && b.text !== undefined && typeof first === "string") return withString(operator, b, b.text, a);
  if (first === undefined || second === undefined) return undefined;
  const holds = first === second ? ["=", "<=", ">="].includes(operator) : operator !== "=";
  if (holds) return undefined;
  const suggestion =
    typeof first === "string" && typeof second === "string" ? nearestName(String(second), [first]) : undefined;
  const shown = (value: string | boolean): string => (typeof value === "string" ? quote(value) : `${value}()`);
  const message = `${shown(first)} ${written} ${shown(second)} never holds${didYouMean(suggestion === undefined ? undefined : quote(suggestion))}`;
  return {
    code: "xqbus:filter-never-matches",
    message,
    suggestion: suggestion === undefined ? undefined : quote(suggestion),
  };
}

function incompatible({ written }: ComparisonForm, a: AtomicItem, b: AtomicItem): Objection {
  const message = `${written} cannot compare a ${a.type} with a ${b.type}: the types have no values in common`;
  return { code: "xqbus:filter-incompatible-types", message };
}

function neverA(node: AtomicItem, family: ValueKind, type: ValueKind): Objection {
  const message = `${nameOf(node)} is a ${family}, never a ${type}`;
  return { code: "xqbus:filter-incompatible-types", message };
}

/** Untyped apart, values of two types are compared only where both are kinds of the same primitive type. */
function isMixable(a: ValueKind, b: ValueKind): boolean {
  return [a, b].some((each) => each === "other" || each === "untyped");
}

function nameOf({ origin = "this" }: AtomicItem): string {
  return origin;
}

function range({ min, max }: NumberRange): string {
  if (min > max) return "no number";
  if (min === max) return String(min);
  if (min === -Infinity) return max === Infinity ? "a number" : `at most ${max}`;
  return max === Infinity ? `at least ${min}` : `from ${min} to ${max}`;
}

/** The general comparison for each value comparison. */
export const GENERAL: Readonly<Record<string, GeneralComparison | undefined>> = {
  eq: "=",
  ne: "!=",
  lt: "<",
  le: "<=",
  gt: ">",
  ge: ">=",
};

/** The operator with its sides exchanged. */
const MIRRORED: Readonly<Record<GeneralComparison, GeneralComparison>> = {
  "=": "=",
  "!=": "!=",
  "<": ">",
  "<=": ">=",
  ">": "<",
  ">=": "<=",
};

const BOOLEAN_TEXTS: readonly string[] = ["true", "false", "1", "0"];
