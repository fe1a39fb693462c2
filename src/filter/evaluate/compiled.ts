import { BooleanValue } from "../values/effective-boolean-value.ts";
import type { Item, Sequence } from "../values/item.ts";
import type { Context } from "./environment.ts";

/**
 * A compiled expression: what a syntax node became. Evaluating is *pushing*: {@link each} hands the items to a visitor one by one, and
 * the visitor ends the evaluation as soon as it knows enough (`some`, `exists`, `[1]`, a general comparison, the effective
 * boolean value). Nothing is kept that nobody asked for: `count(1 to 100000000)` needs no memory.
 *
 * The other methods are the same answer in a form that some expressions can give much faster; subclasses override them where that is so.
 * Every loop charges the budget.
 */
export abstract class Compiled {
  /** Offset of the expression in the query, for errors. */
  readonly at: number;
  /** What is known of the result when the query is compiled; "unknown" is always right. */
  readonly traits: Traits;

  constructor(at: number, traits: Traits = UNKNOWN) {
    this.at = at;
    this.traits = traits;
  }

  /**
   * Hands every item to the visitor, in order, until the visitor answers false.
   *
   * @returns false when the visitor ended it
   */
  abstract each(context: Context, visit: Visitor): boolean;

  /** The whole sequence. Nobody changes it. */
  items(context: Context): Sequence {
    const items: Item[] = [];
    if (this.traits.max <= 1) {
      this.each(context, (item) => {
        items.push(item);
        return true;
      });
      return items;
    }
    const { budget } = context.environment;
    this.each(context, (item) => {
      budget.hold(1);
      items.push(item);
      return true;
    });
    return items;
  }

  /** The effective boolean value (XPath 3.1, section 2.4.3). */
  test(context: Context): boolean {
    const value = new BooleanValue();
    return !this.each(context, (item) => !value.take(item)) || value.value;
  }
}

/** Takes an item; false ends the evaluation. */
export type Visitor = (item: Item) => boolean;

/** What is known of an expression's result when the query is compiled. */
export interface Traits {
  /** At most so many items; Infinity when unknown. */
  readonly max: number;
  /** What kind of items, if there are any. */
  readonly items: "nodes" | "numbers" | "booleans" | "atomic" | "unknown";
  /** Nodes in document order without repetition. */
  readonly isOrdered: boolean;
  /** Ordered, and no node contains another one: steps downwards from them stay in document order. */
  readonly areDisjoint: boolean;
  /** Only nodes that the context node contains, or the context node itself. */
  readonly staysInside: boolean;
  /** It may ask for the size of the focus that it is evaluated with: `last()`. */
  readonly usesLast: boolean;
  /** It may ask for the position in the focus that it is evaluated with. */
  readonly usesPosition: boolean;
}

export const UNKNOWN: Traits = Object.freeze({
  max: Infinity,
  items: "unknown",
  isOrdered: false,
  areDisjoint: false,
  staysInside: false,
  usesLast: true,
  usesPosition: true,
});

/** Traits of an expression that reads the focus only through these parts of it. */
export function traitsOver(parts: readonly Compiled[], known: Partial<Traits> = {}): Traits {
  return {
    ...UNKNOWN,
    usesLast: parts.some(({ traits }) => traits.usesLast),
    usesPosition: parts.some(({ traits }) => traits.usesPosition),
    ...known,
  };
}

/** At most one atomic value or node is in order by itself. */
export const SINGLE: Pick<Traits, "max" | "isOrdered" | "areDisjoint"> = { max: 1, isOrdered: true, areDisjoint: true };
