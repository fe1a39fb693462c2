import type { SourcePosition, XmlDocument, XmlNode } from "./node.ts";
import { documentOf } from "./tree.ts";

const lineStartsOf = new WeakMap<XmlDocument, readonly number[]>();

/** Where the node begins in the text of its document: at its `<`, at an attribute's name, at a text's first character. */
export function positionOf(node: XmlNode): SourcePosition {
  const document = documentOf(node);
  let lineStarts = lineStartsOf.get(document);
  if (lineStarts === undefined) {
    lineStarts = findLineStarts(document.source);
    lineStartsOf.set(document, lineStarts);
  }
  return positionIn(lineStarts, node === document ? 0 : (node as Exclude<XmlNode, XmlDocument>).offset);
}

/** The position of an offset in a text whose line ends are normalised. */
export function positionAt(text: string, offset: number): SourcePosition {
  return positionIn(findLineStarts(text), offset);
}

function findLineStarts(text: string): number[] {
  const starts = [0];
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) starts.push(at + 1);
  return starts;
}

function positionIn(lineStarts: readonly number[], offset: number): SourcePosition {
  let low = 0;
  let high = lineStarts.length;
  while (high - low > 1) {
    const middle = (low + high) >>> 1;
    if (lineStarts[middle]! <= offset) low = middle;
    else high = middle;
  }
  return { line: low + 1, column: offset - lineStarts[low]! + 1, offset };
}
