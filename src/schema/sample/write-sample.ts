import { XML_NAMESPACE, escapeAttribute, escapeText } from "../../xml/index.ts";
import { XSI_NAMESPACE } from "../model/xsd.ts";
import type { SampleElement, SampleText } from "./sample-tree.ts";

/**
 * The document as text, without any white space of its own. Elements have no prefix: each that is in another namespace than its
 * parent declares its own as the default one.
 */
export function writeSample(root: SampleElement): string {
  return writeElement(root, "");
}

function writeElement(element: SampleElement, outerNamespace: string): string {
  const { name, content } = element;
  const declarations = new Map<string, string>();
  if (name.namespace !== outerNamespace) declarations.set("", name.namespace);
  const attributes = writeAttributes(element, declarations);
  for (const each of content) if (each.kind === "text") declarePrefixes(each, declarations);
  const written = [...declarations].map(
    ([prefix, namespace]) => ` xmlns${prefix === "" ? "" : `:${prefix}`}="${escapeAttribute(namespace)}"`,
  );
  const start = `<${name.localName}${written.join("")}${attributes}`;
  const inner = content.map((each) =>
    each.kind === "text" ? escapeText(each.text) : writeElement(each, name.namespace),
  );
  return inner.length === 0 ? `${start}/>` : `${start}>${inner.join("")}</${name.localName}>`;
}

function writeAttributes({ attributes }: SampleElement, declarations: Map<string, string>): string {
  let written = "";
  for (const { name, value } of attributes) {
    declarePrefixes(value, declarations);
    const prefix = prefixFor(name.namespace, declarations);
    written += ` ${prefix}${name.localName}="${escapeAttribute(value.text)}"`;
  }
  return written;
}

function prefixFor(namespace: string, declarations: Map<string, string>): string {
  if (namespace === "") return "";
  if (namespace === XML_NAMESPACE) return "xml:";
  for (const [prefix, declared] of declarations) if (prefix !== "" && declared === namespace) return `${prefix}:`;
  const prefix = namespace === XSI_NAMESPACE ? "xsi" : `n${declarations.size}`;
  declarations.set(prefix, namespace);
  return `${prefix}:`;
}

function declarePrefixes({ namespaces = {} }: SampleText, declarations: Map<string, string>): void {
  for (const [prefix, namespace] of Object.entries(namespaces)) declarations.set(prefix, namespace);
}
