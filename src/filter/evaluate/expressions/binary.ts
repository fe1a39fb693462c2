import type { BinaryExpression, Expression } from "../../syntax/ast.ts";
import { arithmetic, negate } from "../../values/arithmetic.ts";
import { atomizeOptional } from "../../values/atomize.ts";
import { cast } from "../../values/cast.ts";
import { INTEGER, UNTYPED_ATOMIC } from "../../values/atomic-type.ts";
import { typeOf, type AtomicValue, type Sequence } from "../../values/item.ts";
import { QueryError } from "../../values/query-error.ts";
import { Compiled, SINGLE, traitsOver, type Visitor } from "../compiled.ts";
import type { Context } from "../environment.ts";
import { located } from "../located.ts";
import type { Scope } from "../scope.ts";
import { compileGeneralComparison, compileNodeComparison, compileValueComparison } from "./comparison.ts";
import { compileNodeSet } from "./node-set.ts";

/** An expression with two operands and an operator between them. */
export function compileBinary(syntax: BinaryExpression, scope: Scope): Compiled {
  const { at, operator } = syntax;
  const left = scope.compile(syntax.left);
  const right = scope.compile(syntax.right);
  switch (operator) {
    case "=":
    case "!=":
    case "<":
    case "<=":
    case ">":
    case ">=":
      return compileGeneralComparison(at, operator, left, right, (prefix) =>
        prefix === "" ? scope.defaultElementNamespace : scope.namespaceOf(prefix),
      );
    case "eq":
    case "ne":
    case "lt":
    case "le":
    case "gt":
    case "ge":
      return compileValueComparison(at, operator, left, right);
    case "is":
    case "<<":
    case ">>":
      return compileNodeComparison(at, operator, left, right);
    case "union":
    case "intersect":
    case "except":
      return compileNodeSet(at, operator, left, right);
    case "to":
      return new Range(at, left, right);
    case "||":
      return new StringConcatenation(at, left, right);
    default:
      return new Arithmetic(at, operator, left, right);
  }
}

/** `-a`, `+a` (XPath 3.1, section 3.5). */
export function compileUnary(
  { at, operator, operand }: Extract<Expression, { kind: "unary" }>,
  scope: Scope,
): Compiled {
  return new Unary(at, operator, scope.compile(operand));
}

abstract class SingleValue extends Compiled {
  abstract value(context: Context): AtomicValue | undefined;

  override each(context: Context, visit: Visitor): boolean {
    const value = located(this.at, () => this.value(context));
    return value === undefined || visit(value);
  }
}

class Arithmetic extends SingleValue {
  readonly #operator: Parameters<typeof arithmetic>[0];
  readonly #left: Compiled;
  readonly #right: Compiled;

  constructor(at: number, operator: Parameters<typeof arithmetic>[0], left: Compiled, right: Compiled) {
    const areNumbers = left.traits.items === "numbers" || right.traits.items === "numbers";
    const items = areNumbers && operator !== "*" && operator !== "div" ? "numbers" : "atomic";
    super(at, traitsOver([left, right], { ...SINGLE, items: items === "numbers" ? items : "unknown" }));
    this.#operator = operator;
    this.#left = left;
    this.#right = right;
  }

  override value(context: Context): AtomicValue | undefined {
    const left = operandOf(this.#left, context, `the left side of ${this.#operator}`);
    const right = operandOf(this.#right, context, `the right side of ${this.#operator}`);
    context.environment.budget.step();
    return left === undefined || right === undefined ? undefined : arithmetic(this.#operator, left, right);
  }
}

class Unary extends SingleValue {
  readonly #operator: "+" | "-";
  readonly #operand: Compiled;

  constructor(at: number, operator: "+" | "-", operand: Compiled) {
    super(at, traitsOver([operand], { ...SINGLE, items: operand.traits.items === "numbers" ? "numbers" : "unknown" }));
    this.#operator = operator;
    this.#operand = operand;
  }

  override value(context: Context): AtomicValue | undefined {
    const value = operandOf(this.#operand, context, `the operand of ${this.#operator}`);
    return value === undefined ? undefined : negate(value, this.#operator === "-");
  }
}

function operandOf(operand: Compiled, context: Context, what: string): AtomicValue | undefined {
  return atomizeOptional(operand.items(context), what, operand.at);
}

/** `a || b` (XPath 3.1, section 3.6). */
class StringConcatenation extends SingleValue {
  readonly #left: Compiled;
  readonly #right: Compiled;

  constructor(at: number, left: Compiled, right: Compiled) {
    super(at, traitsOver([left, right], { ...SINGLE, items: "atomic" }));
    this.#left = left;
    this.#right = right;
  }

  override value(context: Context): AtomicValue {
    const left = operandOf(this.#left, context, "the left side of ||");
    const right = operandOf(this.#right, context, "the right side of ||");
    const text = `${left === undefined ? "" : textOf(left)}${right === undefined ? "" : textOf(right)}`;
    context.environment.budget.hold(1 + text.length / 8);
    return text;
  }
}

function textOf(value: AtomicValue): string {
  return typeof value === "string" ? value : String(cast(value, UNTYPED_ATOMIC));
}

/** `a to b` (XPath 3.1, section 3.4.2): the items are made one by one. */
class Range extends Compiled {
  readonly #from: Compiled;
  readonly #to: Compiled;

  constructor(at: number, from: Compiled, to: Compiled) {
    super(at, traitsOver([from, to], { items: "numbers" }));
    this.#from = from;
    this.#to = to;
  }

  override each(context: Context, visit: Visitor): boolean {
    const bounds = this.#bounds(context);
    if (bounds === undefined) return true;
    const { budget } = context.environment;
    for (let item = bounds.from; item <= bounds.to; item++) {
      budget.step();
      if (!visit(item)) return false;
    }
    return true;
  }

  /** Charged at once, so that a range that is too long costs nothing. */
  override items(context: Context): Sequence {
    const bounds = this.#bounds(context);
    if (bounds === undefined || bounds.to < bounds.from) return [];
    const length = Number(bounds.to - bounds.from) + 1;
    const { budget } = context.environment;
    budget.hold(length);
    budget.step(length);
    return Array.from({ length }, (_, i) => bounds.from + BigInt(i));
  }

  #bounds(context: Context): { readonly from: bigint; readonly to: bigint } | undefined {
    const from = this.#bound(this.#from, context);
    const to = this.#bound(this.#to, context);
    return from === undefined || to === undefined ? undefined : { from, to };
  }

  #bound(operand: Compiled, context: Context): bigint | undefined {
    return located(this.at, () => {
      const value = operandOf(operand, context, "a side of to");
      if (value === undefined) return undefined;
      const isInteger = typeOf(value).isA(INTEGER);
      if (!isInteger && typeOf(value) !== UNTYPED_ATOMIC) {
        throw new QueryError("XPTY0004", `a side of to is of type ${String(typeOf(value))}; expected xs:integer`);
      }
      const integer = cast(value, INTEGER);
      return typeof integer === "bigint" ? integer : BigInt(String(integer));
    });
  }
}
