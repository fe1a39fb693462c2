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

/** Namespaces in XML 1.0, production [4]: a local name is a Name itself, so that `a:1` is a Name but no qualified name. */
function hasOddLocalName(xml: string): boolean {
  return /:[-.0-9\u00b7\u0300]/.test(xml);
}

function hasOddNamespace(xml: string): boolean {
  return [...xml.matchAll(/xmlns[^<>="']*=[ \t\r\n]*("[^"]*"?|'[^']*'?)/g)].some(([, value]) =>
    /[^!-%'-~"]/.test(value ?? ""),
  );
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
