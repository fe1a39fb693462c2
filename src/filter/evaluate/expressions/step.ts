import type { XmlNode } from "../../../xml/index.ts";
import { XmlDocument, XmlElement, sameName, type ExpandedName } from "../../../xml/index.ts";
import type { Axis, AxisStep } from "../../syntax/ast.ts";
import { isNode } from "../../values/match-type.ts";
import { QueryError, UnsupportedError } from "../../values/query-error.ts";
import { Compiled, SINGLE, UNKNOWN, type Traits, type Visitor } from "../compiled.ts";
import type { Context } from "../environment.ts";
import type { Scope } from "../scope.ts";
import { AXIS_WALKS, REVERSE_AXES, type AxisWalk, type NodeVisitor } from "./axes.ts";
import { compileNodeTest, type NodeTest } from "./node-test.ts";
import { compilePredicate, type Predicate } from "./predicate.ts";

/** A step along an axis (XPath 3.1, section 3.3.2). Its nodes come in document order. */
export function compileStep(syntax: AxisStep, scope: Scope): Compiled {
  const { at, axis, test } = syntax;
  if (axis === "namespace") {
    throw new UnsupportedError("the namespace axis", "use in-scope-prefixes() and namespace-uri-for-prefix()", at);
  }
  const predicates = syntax.predicates.map((predicate) => compilePredicate(scope.compile(predicate)));
  if (axis === "child" && predicates.length === 0 && test.kind === "name") {
    return new NamedChildStep(at, scope.resolve(test.name, "element"));
  }
  const matches = compileNodeTest(test, axis === "attribute" ? "attribute" : "element", scope);
  const traits = stepTraits(axis);
  const walk = AXIS_WALKS[axis];
  if (predicates.length === 0 && !REVERSE_AXES.has(axis)) return new ForwardStep(at, traits, walk, matches);
  return new FilteredStep(at, traits, walk, matches, predicates, REVERSE_AXES.has(axis));
}

const INSIDE: ReadonlySet<Axis> = new Set<Axis>(["self", "child", "attribute", "descendant", "descendant-or-self"]);
const DISJOINT: ReadonlySet<Axis> = new Set<Axis>([
  "self",
  "child",
  "attribute",
  "parent",
  "following-sibling",
  "preceding-sibling",
]);

function stepTraits(axis: Axis): Traits {
  return {
    ...UNKNOWN,
    ...(axis === "self" || axis === "parent" ? SINGLE : {}),
    items: "nodes",
    isOrdered: true,
    areDisjoint: DISJOINT.has(axis),
    staysInside: INSIDE.has(axis),
    usesLast: false,
    usesPosition: false,
  };
}

/** The context node. @throws QueryError XPDY0002, XPTY0020 */
export function contextNode({ item }: Context, at: number): XmlNode {
  if (item === undefined) throw new QueryError("XPDY0002", "there is no context item here", at);
  if (isNode(item)) return item;
  throw new QueryError("XPTY0020", "a step begins at a node; the context item is a value or function", at);
}

/** `child::name`: the step that nearly every path consists of. */
class NamedChildStep extends Compiled {
  readonly #name: ExpandedName;

  constructor(at: number, name: ExpandedName) {
    super(at, stepTraits("child"));
    this.#name = name;
  }

  override each(context: Context, visit: Visitor): boolean {
    const node = contextNode(context, this.at);
    if (!(node instanceof XmlElement) && !(node instanceof XmlDocument)) return true;
    const { children } = node;
    context.environment.budget.step(children.length);
    for (let i = 0; i < children.length; i++) {
      const child = children[i]!;
      if (child instanceof XmlElement && sameName(child.name, this.#name) && !visit(child)) return false;
    }
    return true;
  }
}

class ForwardStep extends Compiled {
  readonly #walk: AxisWalk;
  readonly #matches: NodeTest;

  constructor(at: number, traits: Traits, walk: AxisWalk, matches: NodeTest) {
    super(at, traits);
    this.#walk = walk;
    this.#matches = matches;
  }

  override each(context: Context, visit: Visitor): boolean {
    const node = contextNode(context, this.at);
    return this.#walk(node, context.environment.budget, (found) => !this.#matches(found) || visit(found));
  }
}

/** Predicates count along the axis; the result comes in document order. */
class FilteredStep extends Compiled {
  readonly #walk: AxisWalk;
  readonly #matches: NodeTest;
  readonly #predicates: readonly Predicate[];
  readonly #isReverse: boolean;

  constructor(
    at: number,
    traits: Traits,
    walk: AxisWalk,
    matches: NodeTest,
    predicates: readonly Predicate[],
    isReverse: boolean,
  ) {
    super(at, traits);
    this.#walk = walk;
    this.#matches = matches;
    this.#predicates = predicates;
    this.#isReverse = isReverse;
  }

  override each(context: Context, visit: Visitor): boolean {
    const node = contextNode(context, this.at);
    const { budget } = context.environment;
    const source = (take: NodeVisitor): boolean =>
      this.#walk(node, budget, (found) => !this.#matches(found) || take(found));
    const filtered = this.#predicates.reduce<(take: Visitor) => boolean>(
      (inner, predicate) => (take) => predicate(context, inner, take),
      source as (take: Visitor) => boolean,
    );
    if (!this.#isReverse) return filtered(visit);
    const nodes: Parameters<Visitor>[0][] = [];
    filtered((found) => {
      nodes.push(found);
      return true;
    });
    for (let i = nodes.length - 1; i >= 0; i--) if (!visit(nodes[i]!)) return false;
    return true;
  }
}
