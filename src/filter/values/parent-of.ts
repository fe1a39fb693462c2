import { XmlDocument, documentOf, type XmlNode } from "../../xml/index.ts";

/**
 * What holds a node that a query constructed without a document: the light tree's nodes all have a document, those of the data
 * model need not. It is no node of the data model itself.
 */
export class Holder extends XmlDocument {}

/** The parent in the data model; undefined for documents and for what stands alone. */
export function parentOf(node: XmlNode): XmlNode | undefined {
  if (node instanceof XmlDocument) return undefined;
  const parent: XmlNode = node.parent;
  return parent instanceof Holder ? undefined : parent;
}

/** The root of the tree: a document, or the node that stands alone. */
export function rootOf(node: XmlNode): XmlNode {
  let at = node;
  for (let parent = parentOf(at); parent !== undefined; parent = parentOf(at)) at = parent;
  return at;
}

/** Whether the tree has a document at its root. */
export function hasDocument(node: XmlNode): boolean {
  return !(documentOf(node) instanceof Holder);
}
