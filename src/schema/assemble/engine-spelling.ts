import { escapeAttribute, type XmlAttribute, type XmlElement } from "../../xml/index.ts";
import type { SchemaDocument, SchemaUnit } from "../model/schema-unit.ts";
import { isXsd, xsdChildren } from "../model/xsd.ts";
import { plainPattern } from "../patterns/index.ts";
import type { TextEdit } from "./text-edits.ts";

/**
 * Writes what libxml2 misreads or refuses so that it means the same and libxml2 reads it right: some classes of patterns, the
 * axis `child::` in identity constraints, white space around names, and occurrences beyond its largest number.
 */
export function engineSpelling({ document }: SchemaUnit): readonly TextEdit[] {
  const known = knownEdits.get(document);
  if (known !== undefined) return known;
  const edits: TextEdit[] = [];
  const pending = [document.root];
  for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
    for (const attribute of node.attributes) {
      const value = attribute.name.namespace === "" ? respell(node, attribute) : attribute.value;
      if (value !== attribute.value) edits.push(valueEdit(document.tree.source, attribute, value));
    }
    pending.push(...xsdChildren(node).filter((child) => !isXsd(child, "annotation", "appinfo", "documentation")));
  }
  knownEdits.set(document, edits);
  return edits;
}

/** A document stays the same from one reload to the next, unless its file changes. */
const knownEdits = new WeakMap<SchemaDocument, readonly TextEdit[]>();

function respell(node: XmlElement, { localName, value }: XmlAttribute): string {
  switch (localName) {
    case "value":
      return isXsd(node, "pattern") ? plainPattern(value) : value;
    case "xpath":
      return value.replace(/child\s*::\s*/g, "");
    case "maxOccurs":
      return /^\s*[0-9]{10,}\s*$/.test(value) && Number(value) > LARGEST_OCCURRENCE
        ? String(LARGEST_OCCURRENCE)
        : value;
    case "targetNamespace":
    case "base":
    case "itemType":
    case "ref":
    case "refer":
    case "substitutionGroup":
    case "type":
      return value.trim();
    default:
      return value;
  }
}

/** More than any document within the limits has elements. */
const LARGEST_OCCURRENCE = 1_000_000_000;

function valueEdit(source: string, { offset }: XmlAttribute, value: string): TextEdit {
  const written = /[^=]*=\s*(?:"[^"]*"|'[^']*')/y;
  written.lastIndex = offset;
  const text = written.exec(source)?.[0] ?? "";
  const name = /^[^\s=]*/.exec(text)?.[0] ?? "";
  // Lines keep their numbers: errors are reported by them.
  const lines = "\n".repeat(text.split("\n").length - 1);
  return { offset, endOffset: offset + text.length, text: `${name}${lines}="${escapeAttribute(value)}"` };
}
