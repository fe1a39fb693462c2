import type { GeneralComparison } from "../../syntax/ast.ts";
import type { Item, Sequence } from "../../values/item.ts";
import type { Compiled } from "../compiled.ts";
import type { Context } from "../environment.ts";
import { BooleanExpression } from "../expressions/logic.ts";
import { numberOfItem, textOfItem } from "./values.ts";

/** One side of a comparison, and whether it is a node-set. */
export interface Operand {
  readonly value: Compiled;
  readonly isNodeSet: boolean;
}

/** `=`, `<` and the like (XPath 1.0, section 3.4): what is compared depends on the types of both sides. */
export class XPath1Comparison extends BooleanExpression {
  readonly #operator: GeneralComparison;
  readonly #left: Operand;
  readonly #right: Operand;

  constructor(at: number, operator: GeneralComparison, left: Operand, right: Operand) {
    super(at, [left.value, right.value]);
    this.#operator = operator;
    this.#left = left;
    this.#right = right;
  }

  override test(context: Context): boolean {
    const left = this.#side(this.#left, this.#right, context);
    const right = this.#side(this.#right, this.#left, context);
    const { budget } = context.environment;
    return left.some((a) => {
      budget.step(right.length);
      return right.some((b) => this.#holds(a, b));
    });
  }

  /** A node-set that is compared with a boolean is one itself. */
  #side({ value, isNodeSet }: Operand, other: Operand, context: Context): Sequence {
    if (!isNodeSet) return value.items(context);
    if (!other.isNodeSet && typeof other.value.items(context)[0] === "boolean") return [value.test(context)];
    const nodes = value.items(context);
    context.environment.budget.hold(nodes.length);
    return nodes;
  }

  #holds(a: Item, b: Item): boolean {
    if (this.#operator !== "=" && this.#operator !== "!=") {
      return isInOrder(this.#operator, numberOfItem(a), numberOfItem(b));
    }
    return areEqual(a, b) === (this.#operator === "=");
  }
}

function areEqual(a: Item, b: Item): boolean {
  if (typeof a === "boolean" || typeof b === "boolean") return booleanOf(a) === booleanOf(b);
  if (isNumber(a) || isNumber(b)) return numberOfItem(a) === numberOfItem(b);
  return textOfItem(a) === textOfItem(b);
}

function isNumber(item: Item): boolean {
  return typeof item === "number" || typeof item === "bigint";
}

/** Of a single value that is no node-set (section 4.3). */
function booleanOf(item: Item): boolean {
  if (typeof item === "boolean") return item;
  return isNumber(item) ? Boolean(numberOfItem(item)) : textOfItem(item) !== "";
}

function isInOrder(operator: Exclude<GeneralComparison, "=" | "!=">, a: number, b: number): boolean {
  switch (operator) {
    case "<":
      return a < b;
    case "<=":
      return a <= b;
    case ">":
      return a > b;
    case ">=":
      return a >= b;
  }
}
