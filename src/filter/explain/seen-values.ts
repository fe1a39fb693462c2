import { MASK } from "../../event/index.ts";
import {
  XmlAttribute,
  XmlDocument,
  XmlElement,
  XmlProcessingInstruction,
  XmlText,
  type XmlNode,
} from "../../xml/index.ts";
import { isAtomic, type AtomicValue, type Item } from "../values/item.ts";
import { isNode } from "../values/match-type.ts";
import { hasDocument, parentOf } from "../values/parent-of.ts";
import type { SeenValue } from "./explanation.ts";

/** Characters of a value, and of a part of the filter, that are shown. */
export const MAX_SHOWN = 120;

/** Steps of a path that are shown. */
const MAX_STEPS = 20;

/**
 * An item as it is shown.
 *
 * @param isHidden whether its value is sensitive
 */
export function seenValue(item: Item, isHidden: boolean): SeenValue {
  if (!isNode(item)) return { text: isHidden && typeof item !== "boolean" ? MASK : valueText(item) };
  const text = isHidden ? MASK : JSON.stringify(shorten(textStart(item)));
  return hasDocument(item) ? { text, path: pathOf(item) } : { text };
}

/** One line, and not more of it than people read. */
export function shorten(text: string): string {
  const line = text
    .slice(0, 4 * MAX_SHOWN)
    .replace(/\s+/g, " ")
    .trim();
  return line.length <= MAX_SHOWN && text.length <= 4 * MAX_SHOWN ? line : `${line.slice(0, MAX_SHOWN - 1)}…`;
}

function valueText(item: Exclude<Item, XmlNode>): string {
  if (!isAtomic(item)) return "a function, map or array";
  return isText(item) ? JSON.stringify(shorten(String(item))) : shorten(String(item));
}

function isText(value: AtomicValue): boolean {
  return (
    typeof value === "string" || (typeof value === "object" && "value" in value && typeof value.value === "string")
  );
}

/** The beginning of the string value: that of a document may be as large as the event. */
function textStart(node: XmlNode): string {
  if (!(node instanceof XmlElement) && !(node instanceof XmlDocument)) {
    return node instanceof XmlAttribute ? node.value : node.data;
  }
  let text = "";
  const pending: XmlNode[] = [node];
  // Bounded: white space between elements counts.
  for (let next = pending.pop(); next !== undefined && text.length <= 4 * MAX_SHOWN; next = pending.pop()) {
    if (next instanceof XmlText) text += next.data.slice(0, 4 * MAX_SHOWN + 1);
    else if (next instanceof XmlElement || next instanceof XmlDocument) {
      for (let i = next.children.length - 1; i >= 0; i--) pending.push(next.children[i]!);
    }
  }
  return text;
}

/** Local names from the root, with the place where an element has namesakes beside it. */
function pathOf(node: XmlNode): string {
  const steps: string[] = [];
  let at: XmlNode | undefined = node;
  for (; at !== undefined && !(at instanceof XmlDocument); at = parentOf(at)) {
    if (steps.length > MAX_STEPS) return `…/${steps.reverse().join("/")}`;
    steps.push(stepOf(at));
  }
  return `/${steps.reverse().join("/")}`;
}

function stepOf(node: Exclude<XmlNode, XmlDocument>): string {
  if (node instanceof XmlAttribute) return `@${node.name.localName}`;
  if (node instanceof XmlText) return "text()";
  if (!(node instanceof XmlElement)) {
    return node instanceof XmlProcessingInstruction ? "processing-instruction()" : "comment()";
  }
  const { localName } = node.name;
  const parent = parentOf(node);
  const siblings: readonly XmlNode[] = parent !== undefined && "children" in parent ? parent.children : [];
  let count = 0;
  let place = 0;
  for (const sibling of siblings) {
    if (!(sibling instanceof XmlElement) || sibling.name.localName !== localName) continue;
    count++;
    if (sibling === node) place = count;
  }
  return count > 1 ? `${localName}[${place}]` : localName;
}
