import { XML_NAMESPACE, documentName, isNCName, lookupNamespace } from "../../xml/index.ts";
import type { ExpandedName, XmlElement } from "../../xml/index.ts";

/** The namespace of `xsi:type`, `xsi:nil` and `xsi:schemaLocation` (XML Schema 1.0 part 1, section 2.6). */
export const XSI_NAMESPACE = "http://www.w3.org/2001/XMLSchema-instance";

/** The namespace of the built-in types. */
export const XSD_NAMESPACE = "http://www.w3.org/2001/XMLSchema";

/** An expanded name that says its namespace: `Q{namespace}local`, as in XPath 3.1. */
export function bracedName({ namespace, localName }: Pick<ExpandedName, "namespace" | "localName">): string {
  return `Q{${namespace}}${localName}`;
}

/**
 * The name that is meant by `Q{namespace}local` or, in the given namespace, by `local`; undefined when it is neither.
 *
 * @param namespace undefined when names must say their namespace
 */
export function parseName(text: string, namespace: string | undefined): ExpandedName | undefined {
  const [, uri = namespace, localName = text] = /^Q\{(.*)\}([^{}]*)$/s.exec(text) ?? [];
  return uri !== undefined && isNCName(localName) ? documentName(uri, localName) : undefined;
}

/** The name of an attribute as the property that it becomes: `@unit`, `@xml:lang`, `@xsi:type`, `@Q{urn:x}unit`. */
export function attributeKey(name: ExpandedName): string {
  switch (name.namespace) {
    case "":
      return `@${name.localName}`;
    case XML_NAMESPACE:
      return `@xml:${name.localName}`;
    case XSI_NAMESPACE:
      return `@xsi:${name.localName}`;
    default:
      return `@${bracedName(name)}`;
  }
}

/** The attribute that a property beginning with `@` means; undefined when that is no name. */
export function parseAttributeKey(key: string): ExpandedName | undefined {
  const name = key.slice(1);
  const [, prefix, localName = name] = /^(xml|xsi):(.*)$/s.exec(name) ?? [];
  if (prefix === undefined) return parseName(name, "");
  return parseName(localName, prefix === "xml" ? XML_NAMESPACE : XSI_NAMESPACE);
}

/** The name that a QName in a document stands for; undefined when its prefix is not declared. */
export function resolveQName(text: string, scope: XmlElement): ExpandedName | undefined {
  const colon = text.indexOf(":");
  const namespace = lookupNamespace(scope, text.slice(0, Math.max(colon, 0)));
  const localName = text.slice(colon + 1);
  return namespace !== undefined && isNCName(localName) ? documentName(namespace, localName) : undefined;
}

/** How `@xsi:type` names a type: `local` in the catalog's namespace, `xs:local` for a built-in one, else `Q{namespace}local`. */
export function typeNameText(name: ExpandedName, home: string): string {
  if (name.namespace === home) return name.localName;
  return name.namespace === XSD_NAMESPACE ? `xs:${name.localName}` : bracedName(name);
}

/** The type that `@xsi:type` names; undefined when it is no name. */
export function parseTypeName(text: string, home: string): ExpandedName | undefined {
  return text.startsWith("xs:") ? parseName(text.slice(3), XSD_NAMESPACE) : parseName(text, home);
}
