import {
  XmlAttribute,
  XmlDocument,
  XmlElement,
  XmlProcessingInstruction,
  XmlText,
  sameName,
  type XmlNode,
} from "../../xml/index.ts";
import { FN_NAMESPACE } from "../values/namespaces.ts";
import { parentOf } from "../values/parent-of.ts";

/** The path that `fn:path` gives (Functions and Operators 3.1, section 14.5.4): `/Q{uri}a[1]/text()[2]`. */
export function pathOfNode(node: XmlNode): string {
  const parent = parentOf(node);
  if (parent === undefined) return node instanceof XmlDocument ? "/" : `Q{${FN_NAMESPACE}}root()`;
  const before = pathOfNode(parent);
  return `${before === "/" ? "" : before}/${stepOf(node, parent)}`;
}

function stepOf(node: XmlNode, parent: XmlNode): string {
  if (node instanceof XmlAttribute) {
    const { namespace, localName } = node.name;
    return namespace === "" ? `@${localName}` : `@Q{${namespace}}${localName}`;
  }
  const siblings: readonly XmlNode[] = "children" in parent ? parent.children : [];
  const place = siblings.filter((sibling) => isSameStep(sibling, node)).indexOf(node) + 1;
  return `${testOf(node)}[${place}]`;
}

function isSameStep(a: XmlNode, b: XmlNode): boolean {
  if (a instanceof XmlElement) return b instanceof XmlElement && sameName(a.name, b.name);
  if (a instanceof XmlProcessingInstruction) return b instanceof XmlProcessingInstruction && a.target === b.target;
  return a.nodeType === b.nodeType;
}

function testOf(node: XmlNode): string {
  if (node instanceof XmlElement) return `Q{${node.name.namespace}}${node.name.localName}`;
  if (node instanceof XmlProcessingInstruction) return `processing-instruction(${node.target})`;
  return node instanceof XmlText ? "text()" : "comment()";
}
