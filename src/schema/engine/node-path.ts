import { XmlElement, childElements, positionOf, type XmlDocument } from "../../xml/index.ts";

/**
 * The element that libxml2's function xmlGetNodePath names, such as `/x:Event/x:a[2]`.
 *
 * A step is a qualified name as written in the document and counts the siblings written with the same prefix and local name;
 * an element with a default namespace is written `*` and counts all siblings. A step without number is the first.
 *
 * @returns undefined when the path leads nowhere in this document
 */
export function elementAt(document: XmlDocument, nodePath: string): XmlElement | undefined {
  let at: XmlElement | undefined;
  for (const step of nodePath.slice(1).split("/")) {
    const [, name, number] = /^([^[]+)(?:\[([0-9]+)\])?$/.exec(step) ?? [];
    if (name === undefined) return undefined;
    at = nthChild(at ?? document, name, Number(number ?? 1));
    if (at === undefined) return undefined;
  }
  return at;
}

/**
 * The first element of this name (in Clark notation) that begins in a line: all that the engine tells about a key reference that
 * leads nowhere.
 */
export function firstInLine(
  { documentElement }: XmlDocument,
  line: number,
  name: string | undefined,
): XmlElement | undefined {
  const pending = [documentElement];
  for (let element = pending.pop(); element !== undefined; element = pending.pop()) {
    if (String(element.name) === name && positionOf(element).line === line) return element;
    for (const child of childElements(element).toReversed()) pending.push(child);
  }
  return undefined;
}

function nthChild(parent: XmlElement | XmlDocument, name: string, number: number): XmlElement | undefined {
  let count = 0;
  for (const child of parent.children) {
    if (child instanceof XmlElement && (name === "*" || isWritten(child, name)) && ++count === number) return child;
  }
  return undefined;
}

function isWritten(element: XmlElement, name: string): boolean {
  // A name without prefix stands for an element in no namespace.
  return element.nodeName === name && (element.prefix !== "" || element.name.namespace === "");
}
