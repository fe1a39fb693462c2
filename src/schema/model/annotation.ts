import { XML_NAMESPACE, attributeValue, childElements, stringValue, type XmlElement } from "../../xml/index.ts";
import { xsdChildren } from "./xsd.ts";

/** The namespace of the project's own annotations. */
export const XQBUS_NAMESPACE = "urn:xqbus";

/**
 * The text of the xs:documentation elements of a component: white space is collapsed, an empty line stays an empty line.
 * Of several, those without `xml:lang` or in English are taken, or else all.
 */
export function documentationOf(node: XmlElement | undefined): string {
  const all = annotationsOf(node, "documentation");
  const preferred = all.filter((each) => /^(en\b.*)?$/i.test(languageOf(each)));
  return (preferred.length > 0 ? preferred : all)
    .flatMap((each) => stringValue(each).split(/\n[ \t]*\n/))
    .map((paragraph) => paragraph.trim().replaceAll(/\s+/g, " "))
    .filter(Boolean)
    .join("\n\n");
}

/** An annotation of the project's own at a component: `<x:module xmlns:x="urn:xqbus">Asterisk</x:module>` in an xs:appinfo. */
export interface OwnAnnotation {
  /** The local name. */
  readonly name: string;
  /** White space is collapsed. */
  readonly text: string;
  readonly node: XmlElement;
}

/** The project's own annotations that stand at an element of a schema document, in document order. */
export function ownAnnotations(node: XmlElement | undefined): readonly OwnAnnotation[] {
  return annotationsOf(node, "appinfo")
    .flatMap((each) => childElements(each))
    .filter(({ name }) => name.namespace === XQBUS_NAMESPACE)
    .map((each) => ({ name: each.localName, text: stringValue(each).trim().replaceAll(/\s+/g, " "), node: each }));
}

function annotationsOf(node: XmlElement | undefined, kind: "documentation" | "appinfo"): readonly XmlElement[] {
  return node === undefined ? [] : xsdChildren(node, "annotation").flatMap((each) => xsdChildren(each, kind));
}

function languageOf(documentation: XmlElement): string {
  return attributeValue(documentation, "lang", XML_NAMESPACE) ?? "";
}
