import { XqbusError } from "../errors.ts";
import { DEFAULT_XML_LIMITS } from "../xml/index.ts";
import { attributesMarkup } from "./attributes-markup.ts";
import { textMarkup } from "./checked-markup.ts";
import type { DeclaredName } from "./declared-name.ts";
import { isAtomicValue, lexicalForm } from "./lexical-form.ts";
import { MadeElement } from "./made-element.ts";
import type { MakerContent } from "./maker-content.ts";
import { isPlainObject, kindOf, placeOf } from "./place.ts";

/** The content of one element, checked. */
interface CollectedContent {
  /** Markup, each attribute with a space before it. */
  readonly attributes: string;
  /** Markup of text, and elements, in document order. */
  readonly parts: readonly (string | MadeElement)[];
  /** Of the tree below and with the element. */
  readonly depth: number;
}

/**
 * Makes an element of what a caller gave as its content; everything is checked here and nowhere else.
 *
 * @throws XqbusError `xqbus:illegal-content`, `xqbus:illegal-character`, `xqbus:illegal-name`, each naming the element;
 * `xqbus:limit-exceeded` when elements are nested deeper than a receiver with the default limits reads
 */
export function makeElement(name: DeclaredName, content: readonly MakerContent[]): MadeElement {
  const only = content[0];
  if (content.length === 1 && typeof only === "string") {
    return MadeElement.create(name, "", textMarkup(only, name.localName), 1);
  }
  const { attributes, parts, depth } = collectContent(name.localName, content);
  return MadeElement.create(name, attributes, depth === 1 ? parts.join("") : parts, depth);
}

/** Sorts the arguments of a factory into attributes, text and elements. Throws what {@link makeElement} throws. */
export function collectContent(element: string, content: readonly unknown[]): CollectedContent {
  const parts: (string | MadeElement)[] = [];
  const attributes: [name: string, value: unknown][] = [];
  for (const item of content) {
    if (item instanceof MadeElement) parts.push(item);
    else if (isAtomicValue(item)) parts.push(textMarkup(lexicalForm(item, element), element));
    else if (Array.isArray(item)) appendArray(parts, [...(item as readonly unknown[])], element);
    else if (isPlainObject(item)) attributes.push(...Object.entries(item));
    else throw unusableContent(element, kindOf(item));
  }
  return {
    attributes: attributes.length === 0 ? "" : attributesMarkup(attributes, element),
    parts,
    depth: checkedDepth(parts, element),
  };
}

function appendArray(parts: (string | MadeElement)[], items: readonly unknown[], element: string): void {
  if (items.every((item) => item instanceof MadeElement)) {
    for (const item of items) parts.push(item);
    return;
  }
  const list = items.map((item, index) => listItem(item, index, element));
  parts.push(textMarkup(list.join(" "), element));
}

/** An item of a list (XML Schema part 2, section 2.5.1.2): white space separates items, so none can hold any or be empty. */
function listItem(item: unknown, index: number, element: string): string {
  if (item instanceof MadeElement) {
    throw new XqbusError(
      "xqbus:illegal-content",
      `${placeOf(element)} is an array that mixes values and elements (element "${item.name}" at index ${index}); ` +
        "give an array of elements, or an array of values, which is written as a list",
    );
  }
  if (!isAtomicValue(item)) throw unusableContent(element, `an array with ${kindOf(item)} at index ${index}`);
  const lexical = lexicalForm(item, element);
  if (lexical === "" || /[ \t\r\n]/.test(lexical)) {
    throw new XqbusError(
      "xqbus:illegal-content",
      `${placeOf(element)} is a list whose item ${JSON.stringify(lexical)} at index ${index} ` +
        `${lexical === "" ? "is empty" : "holds white space"}; white space separates the items of a list`,
    );
  }
  return lexical;
}

function checkedDepth(parts: readonly (string | MadeElement)[], element: string): number {
  let below = 0;
  for (const part of parts) if (typeof part !== "string" && part.depth > below) below = part.depth;
  const depth = below + 1;
  if (depth > DEFAULT_XML_LIMITS.maxDepth) {
    throw new XqbusError(
      "xqbus:limit-exceeded",
      `${placeOf(element)} is nested too deep: ${depth} elements, at most ${DEFAULT_XML_LIMITS.maxDepth} are read`,
    );
  }
  return depth;
}

function unusableContent(element: string, what: string): XqbusError {
  return new XqbusError(
    "xqbus:illegal-content",
    `${placeOf(element)} cannot be ${what}; give a string, number, bigint, boolean, Date or element, ` +
      "an array of elements or of values, or attributes as a plain object",
  );
}
