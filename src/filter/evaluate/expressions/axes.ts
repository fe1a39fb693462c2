import { XmlAttribute, XmlDocument, XmlElement, type XmlNode } from "../../../xml/index.ts";
import type { Axis } from "../../syntax/ast.ts";
import { parentOf } from "../../values/parent-of.ts";
import type { Budget } from "../budget.ts";

/** Takes a node; false ends the walk. */
export type NodeVisitor = (node: XmlNode) => boolean;

/** Walks along an axis, nearest node first (XPath 3.1, section 3.3.2.1). False when the visitor ended it. */
export type AxisWalk = (from: XmlNode, budget: Budget, visit: NodeVisitor) => boolean;

/** The axes but the namespace axis, which no filter of ours has. */
export const AXIS_WALKS: Readonly<Record<Exclude<Axis, "namespace">, AxisWalk>> = {
  self: (from, _budget, visit) => visit(from),
  child: (from, budget, visit) => {
    if (!hasChildren(from)) return true;
    const { children } = from;
    for (let i = 0; i < children.length; i++) {
      budget.step();
      if (!visit(children[i]!)) return false;
    }
    return true;
  },
  attribute: (from, budget, visit) => {
    if (!(from instanceof XmlElement)) return true;
    for (const attribute of from.attributes) {
      budget.step();
      if (!visit(attribute)) return false;
    }
    return true;
  },
  parent: (from, _budget, visit) => {
    const parent = parentOf(from);
    return parent === undefined || visit(parent);
  },
  ancestor: walkAncestors,
  "ancestor-or-self": (from, budget, visit) => visit(from) && walkAncestors(from, budget, visit),
  descendant: walkDescendants,
  "descendant-or-self": (from, budget, visit) => visit(from) && walkDescendants(from, budget, visit),
  "following-sibling": (from, budget, visit) => walkSiblings(from, 1, budget, visit),
  "preceding-sibling": (from, budget, visit) => walkSiblings(from, -1, budget, visit),
  following: (from, budget, visit) => {
    // An attribute is followed by what its element contains.
    const start = from instanceof XmlAttribute ? parentOf(from) : from;
    if (start === undefined) return true;
    if (from instanceof XmlAttribute && !walkDescendants(start, budget, visit)) return false;
    for (let at: XmlNode | undefined = start; at !== undefined; at = parentOf(at)) {
      if (!walkSiblings(at, 1, budget, (node) => visit(node) && walkDescendants(node, budget, visit))) return false;
    }
    return true;
  },
  preceding: (from, budget, visit) => {
    const start = from instanceof XmlAttribute ? parentOf(from) : from;
    for (let at: XmlNode | undefined = start; at !== undefined; at = parentOf(at)) {
      if (!walkSiblings(at, -1, budget, (node) => walkBackwards(node, budget, visit))) return false;
    }
    return true;
  },
};

/** Axes that walk against document order. */
export const REVERSE_AXES: ReadonlySet<Axis> = new Set<Axis>([
  "parent",
  "ancestor",
  "ancestor-or-self",
  "preceding-sibling",
  "preceding",
]);

function hasChildren(node: XmlNode): node is XmlElement | XmlDocument {
  return node instanceof XmlElement || node instanceof XmlDocument;
}

function walkAncestors(from: XmlNode, budget: Budget, visit: NodeVisitor): boolean {
  for (let at = parentOf(from); at !== undefined; at = parentOf(at)) {
    budget.step();
    if (!visit(at)) return false;
  }
  return true;
}

function walkDescendants(from: XmlNode, budget: Budget, visit: NodeVisitor): boolean {
  if (!hasChildren(from)) return true;
  const { children } = from;
  for (let i = 0; i < children.length; i++) {
    const child = children[i]!;
    budget.step();
    if (!visit(child)) return false;
    if (child instanceof XmlElement && !walkDescendants(child, budget, visit)) return false;
  }
  return true;
}

/** A node and its descendants from the last to the first. */
function walkBackwards(node: XmlNode, budget: Budget, visit: NodeVisitor): boolean {
  if (hasChildren(node)) {
    const { children } = node;
    for (let i = children.length - 1; i >= 0; i--) if (!walkBackwards(children[i]!, budget, visit)) return false;
  }
  budget.step();
  return visit(node);
}

function walkSiblings(from: XmlNode, direction: 1 | -1, budget: Budget, visit: NodeVisitor): boolean {
  const parent = parentOf(from);
  if (parent === undefined || !hasChildren(parent) || from instanceof XmlAttribute) return true;
  const { children }: { readonly children: readonly XmlNode[] } = parent;
  for (let i = children.indexOf(from) + direction; i >= 0 && i < children.length; i += direction) {
    budget.step();
    if (!visit(children[i]!)) return false;
  }
  return true;
}
