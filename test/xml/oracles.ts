import {
  ParseOption,
  XmlCData,
  XmlComment,
  XmlDocument,
  XmlElement,
  XmlLibError,
  XmlText,
  type XmlNode,
} from "libxml2-wasm";
import { SaxesParser } from "saxes";
import { Node, parseXmlDocument } from "slimdom";
import type { PlainNode } from "./plain-tree.ts";

/** Another parser. */
export interface Oracle {
  readonly name: string;
  /** The tree that it makes of a text; nothing when it refuses the text. */
  readonly parse: (xml: string) => readonly PlainNode[] | undefined;
  /** Whether it judges this document by the standard; what it is known to get wrong is left out. */
  readonly isFair: (xml: string) => boolean;
}

/**
 * saxes, a conforming parser that reports events, with four exceptions:
 *
 * - It takes white space off the ends of namespace names, which are the normalised values of their declarations as they are
 *   (Namespaces in XML 1.0, section 3): declarations with more than plain ASCII characters in the value are left out.
 * - It accepts `<?a?b?>`, where white space must stand behind the target (XML 1.0, production [16]).
 * - It accepts some lone surrogates.
 * - It accepts local names that begin with a digit, say; see {@link hasOddLocalName}.
 */
export const saxes: Oracle = {
  name: "saxes",
  parse: parseWithSaxes,
  isFair: (xml) =>
    !hasOddNamespace(xml) &&
    !hasOddLocalName(xml) &&
    !/<\?[^ \t\r\n?]*\?(?!>)/.test(xml) &&
    !/\p{Surrogate}/u.test(xml),
};

/** slimdom, a conforming parser that builds a DOM, with one exception: {@link hasOddLocalName}. */
export const slimdom: Oracle = {
  name: "slimdom",
  parse: parseWithSlimdom,
  isFair: (xml) => !hasOddLocalName(xml),
};

/**
 * libxml2, the engine that validates events. A text is decoded already, so that its declared encoding counts no more than ours.
 * Two exceptions:
 *
 * - It refuses namespace names that are no URI references (RFC 3986), which is an error but leaves the document well-formed
 *   (Namespaces in XML 1.0, sections 2.2 and 3).
 * - It accepts the version `1.`, where a digit must follow (XML 1.0, production [26]).
 */
export const libxml2: Oracle = {
  name: "libxml2",
  parse: (xml) => parseWithLibxml2(() => XmlDocument.fromString(xml, { option: ParseOption.XML_PARSE_IGNORE_ENC })),
  isFair: isFairForLibxml2,
};

/** The tree that libxml2 makes of bytes, in the encoding that it finds; nothing when it refuses them. */
export function parseWithLibxml2(open: () => XmlDocument): readonly PlainNode[] | undefined {
  let document: XmlDocument;
  try {
    document = open();
  } catch (error) {
    if (error instanceof XmlLibError) return undefined;
    throw error;
  }
  try {
    return document.find("/node()").map(plainLibxmlNode);
  } finally {
    document.dispose();
  }
}

function plainLibxmlNode(node: XmlNode): PlainNode {
  if (node instanceof XmlElement) {
    const attributes = node.attrs.map(({ namespaceUri, name, value }) => [clark(namespaceUri, name), value]);
    return {
      name: clark(node.namespaceUri, node.name),
      attributes: Object.fromEntries(attributes) as Record<string, string>,
      children: mergeTexts(node.find("node()").map(plainLibxmlNode)),
    };
  }
  if (node instanceof XmlComment) return { comment: node.content };
  if (node instanceof XmlText || node instanceof XmlCData) return node.content;
  const target = node.eval("name()");
  return { target: typeof target === "string" ? target : "", data: node.content };
}

/** Namespaces in XML 1.0, production [4]: a local name is a Name itself, so that `a:1` is a Name but no qualified name. */
function hasOddLocalName(xml: string): boolean {
  return /:[-.0-9\u00b7\u0300]/.test(xml);
}

function hasOddNamespace(xml: string): boolean {
  return namespaceValues(xml).some((value) => /[^!-%'-~"]/.test(value));
}

/** Whether libxml2 judges a document by the standard; namespace names that may be no URI references are left out generously. */
export function isFairForLibxml2(xml: string): boolean {
  return !hasNamespaceThatIsNoUri(xml) && !/<\?xml\s[^>]*version\s*=\s*["']1\.["']/.test(xml);
}

function hasNamespaceThatIsNoUri(xml: string): boolean {
  return namespaceValues(xml).some((value) => !/^(["']?)([A-Za-z][A-Za-z0-9:/._-]*)?\1$/.test(value));
}

/** The values of namespace declarations with their quotes, as far as they can be told in a damaged document. */
function namespaceValues(xml: string): readonly string[] {
  return [...xml.matchAll(/xmlns[^<>="']*=[ \t\r\n]*("[^"]*"?|'[^']*'?)/g)].map(([, value]) => value ?? "");
}

interface OpenElement {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: PlainNode[];
}

function parseWithSaxes(xml: string): readonly PlainNode[] | undefined {
  const parser = new SaxesParser({ xmlns: true, position: false });
  const top: PlainNode[] = [];
  const open: OpenElement[] = [];
  const add = (node: PlainNode): void => {
    const children = open.at(-1)?.children ?? top;
    const last = children.at(-1);
    if (typeof node === "string" && typeof last === "string") children[children.length - 1] = last + node;
    else if (node !== "") children.push(node);
  };
  parser.on("error", (error) => {
    throw error;
  });
  parser.on("text", (text) => open.length > 0 && add(text));
  parser.on("cdata", add);
  parser.on("comment", (comment) => add({ comment }));
  parser.on("processinginstruction", ({ target, body }) => add({ target, data: body }));
  parser.on("opentag", ({ uri, local, attributes }) => {
    const plain = Object.values(attributes)
      .filter((attribute) => attribute.uri !== "http://www.w3.org/2000/xmlns/")
      .map((attribute) => [clark(attribute.uri, attribute.local), attribute.value]);
    open.push({
      name: clark(uri, local),
      attributes: Object.fromEntries(plain) as Record<string, string>,
      children: [],
    });
  });
  parser.on("closetag", () => {
    const closed = open.pop();
    if (closed !== undefined) add({ ...closed });
  });
  try {
    parser.write(xml).close();
    return top;
  } catch {
    return undefined;
  }
}

function parseWithSlimdom(xml: string): readonly PlainNode[] | undefined {
  try {
    return parseXmlDocument(xml).childNodes.map(plainDomNode);
  } catch {
    return undefined;
  }
}

function plainDomNode(node: Node): PlainNode {
  switch (node.nodeType) {
    case Node.ELEMENT_NODE: {
      const { namespaceURI, localName, attributes, childNodes } = node as unknown as DomElement;
      const plain = attributes
        .filter((attribute) => attribute.namespaceURI !== "http://www.w3.org/2000/xmlns/")
        .map((attribute) => [clark(attribute.namespaceURI, attribute.localName), attribute.value]);
      return {
        name: clark(namespaceURI, localName),
        attributes: Object.fromEntries(plain) as Record<string, string>,
        children: mergeTexts(childNodes.map(plainDomNode)),
      };
    }
    case Node.COMMENT_NODE:
      return { comment: node.nodeValue ?? "" };
    case Node.PROCESSING_INSTRUCTION_NODE:
      return { target: node.nodeName, data: node.nodeValue ?? "" };
    default:
      return node.nodeValue ?? "";
  }
}

interface DomElement {
  readonly namespaceURI: string | null;
  readonly localName: string;
  readonly attributes: readonly {
    readonly namespaceURI: string | null;
    readonly localName: string;
    readonly value: string;
  }[];
  readonly childNodes: readonly Node[];
}

/** A DOM has nodes of their own for CDATA sections; the XPath data model has not. */
function mergeTexts(children: readonly PlainNode[]): PlainNode[] {
  const merged: PlainNode[] = [];
  for (const child of children) {
    const last = merged.at(-1);
    if (typeof child === "string" && typeof last === "string") merged[merged.length - 1] = last + child;
    else if (child !== "") merged.push(child);
  }
  return merged;
}

function clark(namespace: string | null, localName: string): string {
  return namespace === null || namespace === "" ? localName : `{${namespace}}${localName}`;
}
