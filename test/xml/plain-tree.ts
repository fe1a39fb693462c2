import type { XmlChildNode, XmlDocument, XmlElement } from "../../src/xml/index.ts";

/** A tree as plain data, to compare trees of different makers; names in Clark notation, prefixes left out. */
export type PlainNode =
  | string
  | { readonly comment: string }
  | { readonly target: string; readonly data: string }
  | {
      readonly name: string;
      readonly attributes: Readonly<Record<string, string>>;
      readonly children: readonly PlainNode[];
    };

/** The children of a document as plain data. */
export function plainTree(document: XmlDocument): readonly PlainNode[] {
  return document.children.map(plainNode);
}

/** One node as plain data. */
export function plainNode(node: XmlChildNode): PlainNode {
  switch (node.nodeType) {
    case 1:
      return {
        name: node.name.toString(),
        attributes: Object.fromEntries(node.attributes.map(({ name, value }) => [name.toString(), value])),
        children: node.children.map(plainNode),
      };
    case 3:
      return node.data;
    case 8:
      return { comment: node.data };
    case 7:
      return { target: node.target, data: node.data };
  }
}

/** Everything of an element that writing must keep, prefixes and namespace declarations included. */
export function exactTree(element: XmlElement): unknown {
  const declarations: string[] = [];
  for (let scope = element.namespaces; scope !== undefined; scope = scope.outer) {
    declarations.push(`${scope.prefix}=${scope.namespace}`);
  }
  return {
    name: element.nodeName,
    expanded: element.name.toString(),
    declarations,
    attributes: element.attributes.map(({ name, nodeName, value }) => [nodeName, name.toString(), value]),
    children: element.children.map((child) => (child.nodeType === 1 ? exactTree(child) : plainNode(child))),
  };
}
