import type { BinaryExpression, Expression, GeneralComparison, ValueComparison } from "../syntax/ast.ts";
import type { AnalysisScope } from "./analysis-scope.ts";
import { EXISTS, and, opaque, or, type Bound, type Formula, type ValueTest } from "./formula.ts";
import { someNode } from "./node-paths.ts";
import { constantOf, nodeValueOf, sourceOf, type ConstantValue, type NodeValue } from "./value-expression.ts";

/** What must hold where a comparison is true. */
export function comparisonTruth({ operator, left, right }: BinaryExpression, scope: AnalysisScope): Formula {
  const general = GENERAL[operator as ValueComparison] ?? (operator as GeneralComparison);
  if (!(general in MIRRORED)) return opaque(`the operator ${operator}`);
  const isGeneral = general === operator;
  const direct = compared(left, general, right, isGeneral, scope);
  return direct ?? compared(right, MIRRORED[general], left, isGeneral, scope) ?? computed(operator, left, right, scope);
}

const GENERAL: Readonly<Partial<Record<string, GeneralComparison>>> = {
  eq: "=",
  ne: "!=",
  lt: "<",
  le: "<=",
  gt: ">",
  ge: ">=",
};

const MIRRORED: Readonly<Record<GeneralComparison, GeneralComparison>> = {
  "=": "=",
  "!=": "!=",
  "<": ">",
  "<=": ">=",
  ">": "<",
  ">=": "<=",
};

/** Two values that are not known: each of them must be there. */
function computed(operator: string, left: Expression, right: Expression, scope: AnalysisScope): Formula {
  const nodes = [left, right].map((side) => nodeValueOf(side, scope)).filter((value) => value !== undefined);
  const sources = nodes.filter(({ as }) => as === "untyped").map((value) => someNode(value.nodes, EXISTS));
  return and(opaque(`a computed value on a side of ${operator}`), ...sources);
}

/** A comparison with a constant on the right; undefined when it is none. */
function compared(
  left: Expression,
  operator: GeneralComparison,
  right: Expression,
  isGeneral: boolean,
  scope: AnalysisScope,
): Formula | undefined {
  if (right.kind === "sequence" && right.items.length > 0 && isGeneral) {
    const parts = right.items.map((item) => compared(left, operator, item, isGeneral, scope));
    return parts.some((part) => part === undefined) ? undefined : or(...parts.map((part) => part!));
  }
  const constant = constantOf(right, scope);
  if (constant === undefined) return undefined;
  const value = nodeValueOf(left, scope);
  if (value === undefined) return comparedWithComputed(left, operator, constant, scope);
  return comparedNodes(value, operator, constant, isGeneral);
}

function comparedNodes(
  value: NodeValue,
  operator: GeneralComparison,
  constant: ConstantValue,
  isGeneral: boolean,
): Formula {
  const isSingle = value.isSingle || !isGeneral;
  const known = testOf({ ...value, isSingle }, operator, constant, isGeneral);
  if (known !== undefined) return someNode(value.nodes, known);
  // The string of nothing is a string.
  const mayBeEmpty = value.as === "string" && (operator !== "=" || constant.literal.value === "");
  const reason = operator === "!=" ? "the operator !=" : `a comparison of this kind of value with ${operator}`;
  // NaN is unequal to every number, and what is not there is NaN.
  const isNumber = value.as === "double" && !value.isStrict;
  return mayBeEmpty || isNumber ? opaque(reason) : someNode(value.nodes, EXISTS, reason);
}

/** The test that the comparison is; undefined when the index has none for it. */
function testOf(
  { as, isSingle, isStrict }: NodeValue,
  operator: GeneralComparison,
  { literal, isNegative, as: kind }: ConstantValue,
  isGeneral: boolean,
): ValueTest | undefined {
  if (kind === "string") {
    if (operator !== "=" || (as !== "untyped" && as !== "string")) return undefined;
    return as === "string" && literal.value === "" ? undefined : { kind: "equals", literal, isSingle };
  }
  const scale = as === "untyped" && isGeneral ? (kind === "number" ? "double" : kind) : as;
  const fits = kind === "number" ? scale === "double" || scale === "exact" : scale === kind;
  if (!fits || operator === "!=" || scale === "string" || scale === "untyped") return undefined;
  const bound: Bound = { literal, isNegative, isStrict: operator === "<" || operator === ">" };
  const lower = operator === "<" || operator === "<=" ? undefined : bound;
  const upper = operator === ">" || operator === ">=" ? undefined : bound;
  return { kind: "range", scale, lower, upper, isSingle, isStrict };
}

/** `count(x) > 0`, `lower-case(x) = "a"`. */
function comparedWithComputed(
  left: Expression,
  operator: GeneralComparison,
  { literal, isNegative, as }: ConstantValue,
  scope: AnalysisScope,
): Formula | undefined {
  if (left.kind !== "functionCall") return undefined;
  if (scope.standardFunction(left) === "count" && as === "number") {
    const [argument] = left.arguments;
    const nodes = argument === undefined ? undefined : scope.nodes(argument);
    const number = isNegative ? -Number(literal.value) : Number(literal.value);
    if (nodes === undefined || holdsForNone(operator, number)) return undefined;
    const isExistence = (operator === ">" && number === 0) || (operator === ">=" && number === 1);
    return someNode(nodes, EXISTS, isExistence || (operator === "!=" && number === 0) ? "" : "a number of nodes");
  }
  const source = operator === "=" && as === "string" && literal.value !== "" ? sourceOf(left, scope) : undefined;
  return source === undefined ? undefined : someNode(source, EXISTS, "a comparison of a computed string");
}

function holdsForNone(operator: GeneralComparison, number: number): boolean {
  switch (operator) {
    case "=":
      return number === 0;
    case "!=":
      return number !== 0;
    case "<":
      return number > 0;
    case "<=":
      return number >= 0;
    case ">":
      return number < 0;
    case ">=":
      return number <= 0;
  }
}
