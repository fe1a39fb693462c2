import { XmlDocument, documentOf, type XmlNode } from "../../xml/index.ts";

/**
 * Compares two nodes by document order (XDM 3.1, section 2.4): negative when the first comes first, 0 when they are the same node.
 * Documents are ordered by when they were first compared, which stays the same as long as they live.
 */
export function compareNodes(a: XmlNode, b: XmlNode): number {
  if (a === b) return 0;
  const [first, second] = [documentOf(a), documentOf(b)];
  if (first !== second) return rankOf(first) - rankOf(second);
  return orderKey(a) - orderKey(b);
}

/** The nodes in document order, each once. */
export function sortNodes(nodes: readonly XmlNode[]): readonly XmlNode[] {
  if (nodes.length < 2) return nodes;
  let isSorted = true;
  for (let i = 1; i < nodes.length && isSorted; i++) isSorted = compareNodes(nodes[i - 1]!, nodes[i]!) < 0;
  return isSorted ? nodes : [...new Set(nodes)].sort(compareNodes);
}

/** Within a document the place in the text, which nodes that a query constructs have, too. */
function orderKey(node: XmlNode): number {
  return node instanceof XmlDocument ? -1 : node.offset;
}

const ranks = new WeakMap<XmlDocument, number>();
let lastRank = 0;

function rankOf(document: XmlDocument): number {
  let rank = ranks.get(document);
  if (rank === undefined) {
    rank = ++lastRank;
    ranks.set(document, rank);
  }
  return rank;
}
