import type { XmlNode } from "../../../xml/index.ts";
import { isNode } from "../../values/match-type.ts";
import { sortNodes } from "../../values/node-order.ts";
import { QueryError } from "../../values/query-error.ts";
import { Compiled, traitsOver, type Visitor } from "../compiled.ts";
import type { Context } from "../environment.ts";

/** `union`, `intersect` and `except` (XPath 3.1, section 3.4.3): nodes in document order, each once. */
export function compileNodeSet(
  at: number,
  operator: "union" | "intersect" | "except",
  left: Compiled,
  right: Compiled,
): Compiled {
  return new NodeSet(at, operator, left, right);
}

class NodeSet extends Compiled {
  readonly #operator: "union" | "intersect" | "except";
  readonly #left: Compiled;
  readonly #right: Compiled;

  constructor(at: number, operator: "union" | "intersect" | "except", left: Compiled, right: Compiled) {
    const areDisjoint = operator !== "union" && left.traits.areDisjoint;
    super(at, traitsOver([left, right], { items: "nodes", isOrdered: true, areDisjoint }));
    this.#operator = operator;
    this.#left = left;
    this.#right = right;
  }

  override each(context: Context, visit: Visitor): boolean {
    const { budget } = context.environment;
    const left = this.#nodes(this.#left, context);
    const right = this.#nodes(this.#right, context);
    budget.step(left.length + right.length);
    for (const node of sortNodes(this.#combine(left, right))) if (!visit(node)) return false;
    return true;
  }

  #combine(left: readonly XmlNode[], right: readonly XmlNode[]): readonly XmlNode[] {
    if (this.#operator === "union") return [...left, ...right];
    const others = new Set(right);
    return left.filter((node) => others.has(node) === (this.#operator === "intersect"));
  }

  #nodes(operand: Compiled, context: Context): readonly XmlNode[] {
    const items = operand.items(context);
    if (items.every(isNode)) return items;
    throw new QueryError("XPTY0004", `${this.#operator} takes nodes; found a value or function`, operand.at);
  }
}
