import type { GeneralComparison, NodeComparison, ValueComparison } from "../../syntax/ast.ts";
import { XmlAttribute, XmlElement, XmlText, stringValue, type XmlNode } from "../../../xml/index.ts";
import { atomize, atomizeAll, atomizeOptional } from "../../values/atomize.ts";
import type { Prefixes } from "../../values/cast.ts";
import { compareStrings, generalCompare, valueCompare } from "../../values/compare-values.ts";
import { isAtomic, type AtomicValue, type Item } from "../../values/item.ts";
import { isNode } from "../../values/match-type.ts";
import { compareNodes } from "../../values/node-order.ts";
import { QueryError } from "../../values/query-error.ts";
import { Compiled, SINGLE, traitsOver, type Visitor } from "../compiled.ts";
import type { Context } from "../environment.ts";
import { locate, located } from "../located.ts";
import { Constant } from "./literal.ts";
import { BooleanExpression } from "./logic.ts";

/** `=`, `<` and the like (XPath 3.1, section 3.7.2): true when it holds for some pair of items. */
export function compileGeneralComparison(
  at: number,
  operator: GeneralComparison,
  left: Compiled,
  right: Compiled,
  prefixes: Prefixes,
): Compiled {
  const text = onlyString(right);
  if (text !== undefined) return new TextComparison(at, operator, left, text);
  const mirrored = onlyString(left);
  if (mirrored !== undefined) return new TextComparison(at, MIRRORED[operator], right, mirrored);
  return new GeneralComparisonExpression(at, operator, left, right, prefixes);
}

function onlyString(operand: Compiled): string | undefined {
  if (!(operand instanceof Constant) || operand.value.length !== 1) return undefined;
  const [value] = operand.value;
  return typeof value === "string" ? value : undefined;
}

const MIRRORED: Readonly<Record<GeneralComparison, GeneralComparison>> = {
  "=": "=",
  "!=": "!=",
  "<": ">",
  "<=": ">=",
  ">": "<",
  ">=": "<=",
};

/** The most frequent comparison of filters, that of nodes with a literal string: no value is made of a node. */
class TextComparison extends BooleanExpression {
  readonly #operator: GeneralComparison;
  readonly #operand: Compiled;
  readonly #text: string;

  constructor(at: number, operator: GeneralComparison, operand: Compiled, text: string) {
    super(at, [operand]);
    this.#operator = operator;
    this.#operand = operand;
    this.#text = text;
  }

  override test(context: Context): boolean {
    const { budget } = context.environment;
    try {
      return !this.#operand.each(context, (item) => {
        budget.step();
        return !this.#holds(item);
      });
    } catch (error) {
      throw locate(error, this.at);
    }
  }

  #holds(item: Item): boolean {
    if (item instanceof XmlElement || item instanceof XmlAttribute || item instanceof XmlText) {
      return comparisonHolds(this.#operator, compareStrings(stringValue(item), this.#text));
    }
    let found = false;
    atomize(item, (value) => {
      found = generalCompare(this.#operator, value, this.#text);
      return !found;
    });
    return found;
  }
}

function comparisonHolds(operator: GeneralComparison, order: number): boolean {
  switch (operator) {
    case "=":
      return order === 0;
    case "!=":
      return order !== 0;
    case "<":
      return order < 0;
    case "<=":
      return order <= 0;
    case ">":
      return order > 0;
    case ">=":
      return order >= 0;
  }
}

class GeneralComparisonExpression extends BooleanExpression {
  readonly #operator: GeneralComparison;
  readonly #left: Compiled;
  readonly #right: Compiled;
  readonly #prefixes: Prefixes;

  constructor(at: number, operator: GeneralComparison, left: Compiled, right: Compiled, prefixes: Prefixes) {
    super(at, [left, right]);
    this.#prefixes = prefixes;
    this.#operator = operator;
    this.#left = left;
    this.#right = right;
  }

  override test(context: Context): boolean {
    try {
      return this.#test(context);
    } catch (error) {
      throw locate(error, this.at);
    }
  }

  #test(context: Context): boolean {
    const { budget } = context.environment;
    // One value on the left: the right side need not be kept.
    if (this.#left.traits.max <= 1) return this.#testStreaming(context);
    // The right side is evaluated once, and only when the left side has something to compare.
    let right: readonly AtomicValue[] | undefined;
    return !this.#left.each(context, (item) =>
      atomize(item, (value) => {
        right ??= this.#atomizedRight(context);
        budget.step(right.length);
        for (const other of right) if (generalCompare(this.#operator, value, other, this.#prefixes)) return false;
        return true;
      }),
    );
  }

  #testStreaming(context: Context): boolean {
    const left = atomizeAll(this.#left.items(context));
    if (left.length === 0) return false;
    return !this.#right.each(context, (item) =>
      atomize(item, (other) => !left.some((value) => generalCompare(this.#operator, value, other, this.#prefixes))),
    );
  }

  #atomizedRight(context: Context): readonly AtomicValue[] {
    const { budget } = context.environment;
    const values: AtomicValue[] = [];
    this.#right.each(context, (item) =>
      atomize(item, (value) => {
        budget.hold(1);
        values.push(value);
        return true;
      }),
    );
    return values;
  }
}

/** `eq`, `lt` and the like (section 3.7.1): one item on each side, or nothing. */
export function compileValueComparison(
  at: number,
  operator: ValueComparison,
  left: Compiled,
  right: Compiled,
): Compiled {
  return new OptionalBoolean(at, left, right, (a, b) => {
    const first = atomizeOptional(a, `the left side of ${operator}`, left.at);
    const second = atomizeOptional(b, `the right side of ${operator}`, right.at);
    return first === undefined || second === undefined ? undefined : valueCompare(operator, first, second);
  });
}

/** `is`, `<<` and `>>` (section 3.7.3). */
export function compileNodeComparison(at: number, operator: NodeComparison, left: Compiled, right: Compiled): Compiled {
  return new OptionalBoolean(at, left, right, (a, b) => {
    const first = optionalNode(a, operator);
    const second = optionalNode(b, operator);
    if (first === undefined || second === undefined) return undefined;
    const order = compareNodes(first, second);
    return operator === "is" ? order === 0 : operator === "<<" ? order < 0 : order > 0;
  });
}

function optionalNode(items: readonly Item[], operator: NodeComparison): XmlNode | undefined {
  const [item, ...more] = items;
  if (item === undefined) return undefined;
  if (more.length === 0 && isNode(item)) return item;
  const found = more.length > 0 ? `${items.length} items` : isAtomic(item) ? "a value" : "a function";
  throw new QueryError("XPTY0004", `${operator} compares nodes, one on each side; found ${found}`);
}

class OptionalBoolean extends Compiled {
  readonly #left: Compiled;
  readonly #right: Compiled;
  readonly #compare: (left: readonly Item[], right: readonly Item[]) => boolean | undefined;

  constructor(
    at: number,
    left: Compiled,
    right: Compiled,
    compare: (left: readonly Item[], right: readonly Item[]) => boolean | undefined,
  ) {
    super(at, traitsOver([left, right], { ...SINGLE, items: "booleans" }));
    this.#left = left;
    this.#right = right;
    this.#compare = compare;
  }

  override each(context: Context, visit: Visitor): boolean {
    context.environment.budget.step();
    const holds = located(this.at, () => this.#compare(this.#left.items(context), this.#right.items(context)));
    return holds === undefined || visit(holds);
  }
}
