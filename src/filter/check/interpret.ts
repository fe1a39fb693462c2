import { rangeOfNumber } from "../../schema/index.ts";
import { resolveSequenceType } from "../evaluate/resolve-type.ts";
import type { BinaryExpression, Expression, LiteralSyntax } from "../syntax/ast.ts";
import type { Analysis, Place } from "./analysis.ts";
import { castItems } from "./casts.ts";
import { evaluateComparison } from "./comparisons.ts";
import { interpretConstructor } from "./constructors.ts";
import { NO_EVENTS } from "./event-set.ts";
import { explainContradiction } from "./explain-contradiction.ts";
import { bind, evaluateFlwor } from "./flwor.ts";
import { evaluateCall } from "./functions.ts";
import { applyPredicate, evaluatePath, evaluateSimpleMap, evaluateStep } from "./paths.ts";
import {
  anything,
  atomic,
  concatenation,
  either,
  eventsOf,
  merged,
  oneOf,
  restrict,
  truth,
  truthOf,
  within,
  type Value,
} from "./value.ts";

/** What an expression may give: the one place that knows all kinds of them. What is not looked into may give anything. */
export function interpret(expression: Expression, place: Place, analysis: Analysis): Value {
  const { live, scope } = place;
  const evaluate = (each: Expression, at: Place = place): Value => analysis.evaluate(each, at);
  switch (expression.kind) {
    case "literal":
      return literalValue(expression, place);
    case "variable":
      return analysis.variable(String(scope.resolve(expression.name, "none")), place);
    case "contextItem":
      return place.focus === undefined ? anything(live) : restrict({ ...place.focus, empty: NO_EVENTS }, live);
    case "sequence":
      return concatenation(
        expression.items.map((each) => evaluate(each)),
        live,
      );
    case "functionCall":
      return evaluateCall(expression, place, analysis);
    case "path":
      return evaluatePath(expression, place, analysis);
    case "step":
      return evaluateStep(expression, place, analysis);
    case "filter":
      return applyPredicate(evaluate(expression.base), expression.predicate, place, analysis);
    case "simpleMap":
      return evaluateSimpleMap(evaluate(expression.left), expression.right, place, analysis);
    case "unary": {
      const value = evaluate(expression.operand);
      return expression.operator === "-" ? negated(value, place) : numberLike(value, place);
    }
    case "logical":
      return evaluateLogical(expression, place, analysis);
    case "binary":
      return evaluateBinary(expression, place, analysis);
    case "instanceOf":
    case "castableAs":
      evaluate(expression.operand);
      return truth(live, live);
    case "treatAs":
      return evaluate(expression.operand);
    case "castAs": {
      const item = { kind: "atomic" as const, name: expression.type, at: expression.type.at };
      const target = resolveSequenceType({ item, occurrence: "?", at: expression.at }, scope);
      return castItems(evaluate(expression.operand), target, expression, place, analysis);
    }
    case "if": {
      const { whenTrue, whenFalse } = truthOf(evaluate(expression.condition));
      return either(
        evaluate(expression.then, { ...place, live: live & whenTrue }),
        evaluate(expression.else, { ...place, live: live & whenFalse }),
      );
    }
    case "switch": {
      evaluate(expression.operand);
      for (const value of expression.cases.flatMap(({ values }) => values)) evaluate(value);
      return either(...expression.cases.map(({ result }) => evaluate(result)), evaluate(expression.default));
    }
    case "typeswitch": {
      const operand = evaluate(expression.operand);
      const results = expression.cases.map(({ variable, result }) =>
        evaluate(result, variable === undefined ? place : bind(variable, operand, place)),
      );
      const { defaultVariable } = expression;
      const otherwise = defaultVariable === undefined ? place : bind(defaultVariable, operand, place);
      return either(...results, evaluate(expression.default, otherwise));
    }
    case "tryCatch": {
      const caught = expression.clauses.map(({ result }) => evaluate(result));
      return either(evaluate(expression.body), ...caught);
    }
    case "quantified":
      return evaluateQuantified(expression, place, analysis);
    case "flwor":
      return evaluateFlwor(expression, place, analysis);
    case "ordered":
    case "unordered":
    case "validate":
      return evaluate(expression.body);
    case "extension":
      return expression.body === undefined ? anything(live) : evaluate(expression.body);
    case "stringConstructor":
      for (const part of expression.parts) if (typeof part !== "string") evaluate(part);
      return oneOf(atomic("string", live));
    case "functionReference":
      return anything(live);
    case "inlineFunction": {
      const inner = expression.parameters.reduce((at, { name }) => bind(name, anything(live), at), place);
      evaluate(expression.body, { ...inner, focus: undefined });
      return anything(live);
    }
    case "dynamicCall":
      evaluate(expression.function);
      for (const each of expression.arguments) if (each !== undefined) evaluate(each);
      return anything(live);
    case "map":
      for (const { key, value } of expression.entries) [key, value].forEach((each) => evaluate(each));
      return anything(live);
    case "squareArray":
      for (const each of expression.members) evaluate(each);
      return anything(live);
    case "curlyArray":
      evaluate(expression.content);
      return anything(live);
    case "lookup":
      if (expression.on !== undefined) evaluate(expression.on);
      return anything(live);
    default:
      return interpretConstructor(expression, place, analysis);
  }
}

function literalValue({ type, value }: LiteralSyntax, { live }: Place): Value {
  if (type === "string") return oneOf(atomic("string", live, { constant: value }));
  const numbers = rangeOfNumber(value);
  return oneOf(atomic("number", live, numbers === undefined ? {} : { numbers }));
}

function negated(value: Value, { live }: Place): Value {
  const [only] = value.items;
  if (value.items.length !== 1 || only?.kind !== "atomic" || only.numbers === undefined || only.text !== undefined) {
    return numberLike(value, { live });
  }
  const { min, max, isInteger } = only.numbers;
  return { ...value, items: [{ ...only, numbers: { min: 0 - max, max: 0 - min, isInteger } }] };
}

/** The result of arithmetic: a number of unknown size, or a date or duration where one takes part. */
function numberLike({ items, empty }: Value, { live }: Pick<Place, "live">): Value {
  const isNumber = items.every(
    (item) => item.kind !== "anything" && (item.kind !== "atomic" || item.type === "number" || item.type === "untyped"),
  );
  const found = merged(items.map(({ events }) => atomic(isNumber ? "number" : "other", events)));
  return { items: found, empty: empty & live };
}

/** True where all operands may be, false where one may be; the other way round for `or`. */
function evaluateLogical(
  { operator, operands }: Extract<Expression, { kind: "logical" }>,
  place: Place,
  analysis: Analysis,
): Value {
  const truths = operands.map((each) => truthOf(analysis.evaluate(each, place)));
  const all = (sets: readonly bigint[]): bigint => sets.reduce((a, b) => a & b, place.live);
  const any = (sets: readonly bigint[]): bigint => sets.reduce((a, b) => a | b, NO_EVENTS);
  const whenTrue = truths.map((each) => each.whenTrue);
  const whenFalse = truths.map((each) => each.whenFalse);
  if (operator === "or") return truth(any(whenTrue), all(whenFalse));
  noteContradiction(operands, whenTrue, place, analysis);
  return truth(all(whenTrue), any(whenFalse));
}

function noteContradiction(
  operands: readonly Expression[],
  whenTrue: readonly bigint[],
  { live }: Place,
  analysis: Analysis,
): void {
  let before = live;
  for (const [i, here] of whenTrue.entries()) {
    if (before !== NO_EVENTS && here !== NO_EVENTS && (before & here) === NO_EVENTS) {
      const at = operands[i]!.at;
      const [first, second] = [before, here];
      analysis.findings.contradict(() => explainContradiction(at, first, second, analysis));
    }
    before &= here;
  }
}

function evaluateBinary(expression: BinaryExpression, place: Place, analysis: Analysis): Value {
  const { operator } = expression;
  if (COMPARISONS.has(operator)) return evaluateComparison(expression, place, analysis);
  const left = analysis.evaluate(expression.left, place);
  const right = analysis.evaluate(expression.right, place);
  const { live } = place;
  switch (operator) {
    case "union":
      return concatenation([left, right], live);
    case "intersect":
      return { items: left.items.map((item) => within(item, eventsOf(right))), empty: live };
    case "except":
      return { items: left.items, empty: live };
    case "||":
      return oneOf(atomic("string", live));
    case "is":
    case "<<":
    case ">>":
      return { ...truth(eventsOf(left) & eventsOf(right), live), empty: (left.empty | right.empty) & live };
    default: {
      const both = eventsOf(left) & eventsOf(right);
      const items = [...left.items, ...right.items].map((item) => within(item, both));
      const isRange = operator === "to";
      return {
        items: numberLike({ items, empty: live }, place).items,
        empty: isRange ? live : (left.empty | right.empty) & live,
      };
    }
  }
}

/** `some` is true, and `every` false, only where there is an item. */
function evaluateQuantified(
  { quantifier, bindings, satisfies }: Extract<Expression, { kind: "quantified" }>,
  place: Place,
  analysis: Analysis,
): Value {
  let inner = place;
  for (const binding of bindings) {
    const value = analysis.evaluate(binding.in, inner);
    const live = inner.live & eventsOf(value);
    inner = bind(binding.variable, { items: value.items, empty: NO_EVENTS }, { ...inner, live });
  }
  const { whenTrue, whenFalse } = truthOf(analysis.evaluate(satisfies, inner));
  return quantifier === "some" ? truth(whenTrue, place.live) : truth(place.live, whenFalse);
}

const COMPARISONS: ReadonlySet<string> = new Set(["=", "!=", "<", "<=", ">", ">=", "eq", "ne", "lt", "le", "gt", "ge"]);
