import { XmlDocument, XmlElement, XmlText, type XmlNode } from "./node.ts";
import { XML_NAMESPACE, XMLNS_NAMESPACE } from "./namespaces.ts";

/** The document that the node belongs to; a document belongs to itself. */
export function documentOf(node: XmlNode): XmlDocument {
  let at = node;
  while (!(at instanceof XmlDocument)) at = at.parent;
  return at;
}

/**
 * The string value (XQuery and XPath Data Model 3.1, section 5.13): of elements and documents the text of all
 * descendants in document order, without comments and processing instructions.
 */
export function stringValue(node: XmlNode): string {
  if (node instanceof XmlElement || node instanceof XmlDocument) return textOf(node);
  return "value" in node ? node.value : node.data;
}

/** The elements among the children, in document order. */
export function childElements(parent: XmlElement | XmlDocument): readonly XmlElement[] {
  return parent.children.filter((child) => child instanceof XmlElement);
}

/** The value of the attribute with this expanded name; without a namespace argument, of the one in no namespace. */
export function attributeValue(element: XmlElement, localName: string, namespace: string = ""): string | undefined {
  for (const { name, value } of element.attributes) {
    if (name.localName === localName && name.namespace === namespace) return value;
  }
  return undefined;
}

/**
 * The namespace that a prefix stands for in the element.
 *
 * @param prefix the empty string asks for the default namespace, which is the empty string where none is declared
 * @returns undefined when the prefix is not declared; `xml` and `xmlns` always are
 */
export function lookupNamespace(element: XmlElement, prefix: string): string | undefined {
  if (prefix === "xml") return XML_NAMESPACE;
  if (prefix === "xmlns") return XMLNS_NAMESPACE;
  for (let scope = element.namespaces; scope !== undefined; scope = scope.outer) {
    if (scope.prefix === prefix) return scope.namespace;
  }
  return prefix === "" ? "" : undefined;
}

function textOf(root: XmlElement | XmlDocument): string {
  const [first] = root.children;
  if (first === undefined) return "";
  if (root.children.length === 1 && first instanceof XmlText) return first.data;
  let text = "";
  // A stack of our own: the depth of a document may exceed what the call stack can take.
  const pending = root.children.toReversed();
  for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
    if (node instanceof XmlText) text += node.data;
    else if (node instanceof XmlElement)
      for (let i = node.children.length - 1; i >= 0; i--) pending.push(node.children[i]!);
  }
  return text;
}
