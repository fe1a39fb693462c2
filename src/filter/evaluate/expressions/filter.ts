import type { Expression } from "../../syntax/ast.ts";
import { QueryError } from "../../values/query-error.ts";
import { Compiled, traitsOver, type Visitor } from "../compiled.ts";
import type { Context } from "../environment.ts";
import { Focus } from "../focus.ts";
import type { Scope } from "../scope.ts";
import { compilePredicate, type Predicate } from "./predicate.ts";

/** `(…)[condition]` (XPath 3.1, section 3.3.3). */
export function compileFilterExpression(
  { at, base, predicate }: Extract<Expression, { kind: "filter" }>,
  scope: Scope,
): Compiled {
  return new Filtered(at, scope.compile(base), compilePredicate(scope.compile(predicate)));
}

class Filtered extends Compiled {
  readonly #base: Compiled;
  readonly #predicate: Predicate;

  constructor(at: number, base: Compiled, predicate: Predicate) {
    const { max, items, isOrdered, areDisjoint, staysInside } = base.traits;
    super(at, { ...traitsOver([base]), max, items, isOrdered, areDisjoint, staysInside });
    this.#base = base;
    this.#predicate = predicate;
  }

  override each(context: Context, visit: Visitor): boolean {
    return this.#predicate(context, (take) => this.#base.each(context, take), visit);
  }
}

/** `a ! b` (XPath 3.1, section 3.15): b with each item of a as context item, in that order. */
export function compileSimpleMap(
  { at, left, right }: Extract<Expression, { kind: "simpleMap" }>,
  scope: Scope,
): Compiled {
  return new SimpleMap(at, scope.compile(left), scope.compile(right));
}

class SimpleMap extends Compiled {
  readonly #left: Compiled;
  readonly #right: Compiled;

  constructor(at: number, left: Compiled, right: Compiled) {
    super(at, { ...traitsOver([left]), max: left.traits.max * right.traits.max, items: right.traits.items });
    this.#left = left;
    this.#right = right;
  }

  override each(context: Context, visit: Visitor): boolean {
    const { budget } = context.environment;
    const right = this.#right;
    if (right.traits.usesLast) {
      const items = this.#left.items(context);
      return items.every((item, i) => {
        budget.step();
        return right.each(new Focus(context, item, i + 1, items.length), visit);
      });
    }
    let position = 0;
    return this.#left.each(context, (item) => {
      budget.step();
      return right.each(new Focus(context, item, ++position, 0), visit);
    });
  }
}

/** `.` (XPath 3.1, section 3.1.4). */
export class ContextItem extends Compiled {
  constructor(at: number) {
    super(at, { ...traitsOver([]), max: 1, isOrdered: true, areDisjoint: true, staysInside: true });
  }

  override each({ item }: Context, visit: Visitor): boolean {
    if (item === undefined) throw new QueryError("XPDY0002", "there is no context item here", this.at);
    return visit(item);
  }
}
