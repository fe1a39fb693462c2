import { childElements, lookupNamespace, type XmlElement } from "../../xml/index.ts";

/** The namespace of XML Schema documents and of the built-in types. */
export const XSD_NAMESPACE = "http://www.w3.org/2001/XMLSchema";

/** The namespace of `xsi:type`, `xsi:nil` and `xsi:schemaLocation`. */
export const XSI_NAMESPACE = "http://www.w3.org/2001/XMLSchema-instance";

/** Whether the node is an element of XML Schema with one of these local names; without names, any. */
export function isXsd(node: XmlElement, ...localNames: readonly string[]): boolean {
  return node.name.namespace === XSD_NAMESPACE && (localNames.length === 0 || localNames.includes(node.name.localName));
}

/** The children that belong to XML Schema and have one of these local names; without names, all. */
export function xsdChildren(parent: XmlElement, ...localNames: readonly string[]): readonly XmlElement[] {
  return childElements(parent).filter((child) => isXsd(child, ...localNames));
}

/** The first child of {@link xsdChildren}. */
export function xsdChild(parent: XmlElement, ...localNames: readonly string[]): XmlElement | undefined {
  return xsdChildren(parent, ...localNames)[0];
}

/** Whether an attribute of type xs:boolean is true. */
export function isTrue(value: string | undefined): boolean {
  return value !== undefined && ["true", "1"].includes(value.trim());
}

/** A QName split at its colon; the prefix is empty where there is none. */
export function splitQName(qname: string): { readonly prefix: string; readonly localName: string } {
  const colon = qname.indexOf(":");
  return { prefix: qname.slice(0, Math.max(colon, 0)), localName: qname.slice(colon + 1) };
}

/** The namespace of a QName in the scope of an element; undefined when its prefix is not declared. */
export function namespaceOfQName(scope: XmlElement, qname: string): string | undefined {
  return lookupNamespace(scope, splitQName(qname).prefix);
}
