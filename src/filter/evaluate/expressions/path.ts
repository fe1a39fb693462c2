import { XmlDocument, type XmlNode } from "../../../xml/index.ts";
import type { Expression, PathExpression } from "../../syntax/ast.ts";
import type { Item, Sequence } from "../../values/item.ts";
import { isNode } from "../../values/match-type.ts";
import { sortNodes } from "../../values/node-order.ts";
import { rootOf } from "../../values/parent-of.ts";
import { QueryError } from "../../values/query-error.ts";
import { Compiled, SINGLE, traitsOver, type Traits, type Visitor } from "../compiled.ts";
import type { Context } from "../environment.ts";
import { Focus } from "../focus.ts";
import type { Scope } from "../scope.ts";
import { contextNode } from "./step.ts";

/** A path (XPath 3.1, section 3.3): the right side is evaluated with each node of the left side as context item. */
export function compilePath(syntax: PathExpression, scope: Scope): Compiled {
  const { at, right } = syntax;
  if (right === undefined) return new Root(at);
  const short = shortened(syntax, scope);
  if (short !== undefined) return compilePath(short, scope);
  const left = syntax.left === "root" ? new Root(at) : scope.compile(syntax.left);
  return new Path(at, left, scope.compile(right));
}

/**
 * `a//b` is `a/descendant::b` unless a predicate of `b` counts positions among siblings; that spares going through all nodes and
 * sorting what comes out.
 */
function shortened({ at, left, right }: PathExpression, scope: Scope): PathExpression | undefined {
  if (left === "root" || left.kind !== "path" || right?.kind !== "step" || right.axis !== "child") return undefined;
  if (left.right?.kind !== "step" || left.right.isAbbreviated !== true) return undefined;
  if (right.predicates.some((predicate) => mayCount(predicate, scope))) return undefined;
  return { at, kind: "path", left: left.left, right: { ...right, axis: "descendant" } };
}

function mayCount(predicate: Expression, scope: Scope): boolean {
  const { traits } = scope.compile(predicate);
  return traits.usesPosition || traits.usesLast || (traits.items !== "nodes" && traits.items !== "booleans");
}

/** `/`: the document of the context node. */
class Root extends Compiled {
  constructor(at: number) {
    super(at, traitsOver([], { ...SINGLE, items: "nodes" }));
  }

  override each(context: Context, visit: Visitor): boolean {
    const root = rootOf(contextNode(context, this.at));
    if (root instanceof XmlDocument) return visit(root);
    throw new QueryError("XPDY0050", '"/" means the document, and the root of this tree is no document', this.at);
  }
}

class Path extends Compiled {
  readonly #left: Compiled;
  readonly #right: Compiled;
  readonly #needsSort: boolean;

  constructor(at: number, left: Compiled, right: Compiled) {
    const traits = pathTraits(left, right);
    super(at, traits);
    this.#left = left;
    this.#right = right;
    this.#needsSort = right.traits.items !== "atomic" && !isSorted(left.traits, right.traits);
  }

  override each(context: Context, visit: Visitor): boolean {
    if (!this.#needsSort) return this.#visitInOrder(context, visit);
    for (const item of this.#sorted(context)) if (!visit(item)) return false;
    return true;
  }

  override test(context: Context): boolean {
    // Whether there is a node does not depend on the order.
    if (this.traits.items !== "nodes") return super.test(context);
    return !this.#visitInOrder(context, () => false);
  }

  /** The order of the left side, and for each of its nodes that of the right side. */
  #visitInOrder(context: Context, visit: Visitor): boolean {
    const right = this.#right;
    if (right.traits.usesLast) {
      const items = this.#left.items(context);
      return items.every((item, i) => right.each(new Focus(context, this.#asNode(item), i + 1, items.length), visit));
    }
    let position = 0;
    return this.#left.each(context, (item) => right.each(new Focus(context, this.#asNode(item), ++position, 0), visit));
  }

  #sorted(context: Context): Sequence {
    const { budget } = context.environment;
    const items: Item[] = [];
    this.#visitInOrder(context, (item) => {
      budget.hold(1);
      items.push(item);
      return true;
    });
    const nodes = items.filter(isNode);
    if (nodes.length === items.length) {
      budget.step(nodes.length);
      return sortNodes(nodes);
    }
    if (nodes.length === 0) return items;
    throw new QueryError(
      "XPTY0018",
      "the last step gives nodes and values; expected only the one or the other",
      this.at,
    );
  }

  #asNode(item: Item): XmlNode {
    if (isNode(item)) return item;
    throw new QueryError("XPTY0019", 'what stands before "/" must be nodes; use "!" for values', this.at);
  }
}

function isSorted(left: Traits, right: Traits): boolean {
  if (right.items !== "nodes") return false;
  if (left.max <= 1) return right.isOrdered;
  // Steps downwards from nodes that do not contain one another.
  return left.isOrdered && left.areDisjoint && right.isOrdered && right.staysInside;
}

function pathTraits(left: Compiled, right: Compiled): Traits {
  const [a, b] = [left.traits, right.traits];
  const areInside = (a.max <= 1 || (a.areDisjoint && b.staysInside)) && b.areDisjoint;
  return {
    ...traitsOver([left]),
    max: a.max * b.max,
    items: b.items,
    isOrdered: b.items === "nodes",
    areDisjoint: b.items === "nodes" && areInside,
    staysInside: a.staysInside && b.staysInside,
  };
}
