import { XqbusError } from "../errors.ts";
import { UnknownNameError } from "../schema/index.ts";
import type { Shape } from "../schema/index.ts";
import { DEFAULT_XML_LIMITS } from "../xml/index.ts";
import { attributesMarkup } from "./attributes-markup.ts";
import { textMarkup } from "./checked-markup.ts";
import type { DeclaredName } from "./declared-name.ts";
import type { DeclaredNames } from "./declared-names.ts";
import { isAtomicValue, lexicalForm } from "./lexical-form.ts";
import { listForm } from "./list-form.ts";
import { MadeElement } from "./made-element.ts";
import { isPlainObject, kindOf, placeOf, unusableContent } from "./place.ts";
import { readObject } from "./read-object.ts";
import type { ChildValue, ObjectEntry } from "./read-object.ts";

/** The content of one element, checked, except for plain objects. */
interface CollectedContent {
  /** Markup of text, and elements, in document order. */
  readonly parts: readonly (string | MadeElement)[];
  /** What stands in plain objects: attributes, or attributes and content. */
  readonly entries: readonly ObjectEntry[];
}

/**
 * Makes an element of what a caller gave as its content; everything is checked here and nowhere else.
 *
 * What a plain object means, the catalog says: where it does not know the element, all entries are attributes.
 *
 * @throws XqbusError `xqbus:illegal-content`, `xqbus:illegal-character`, `xqbus:illegal-name`, each naming the element;
 * `xqbus:limit-exceeded` when elements are nested deeper than a receiver with the default limits reads
 * @throws UnknownNameError `xqbus:unknown-name` for an entry of an object that the catalog does not declare
 */
export function makeElement(name: DeclaredName, content: readonly unknown[], names: DeclaredNames): MadeElement {
  const only = content[0];
  if (content.length === 1 && typeof only === "string") {
    return MadeElement.create(name, "", textMarkup(only, name.localName), 1);
  }
  const collected = collectContent(name.localName, content);
  if (collected.entries.length === 0) return createElement(name, "", collected.parts);
  return makeByShapes(name, collected, names.shapesOf(name), names, 1);
}

/** Sorts the arguments of a factory into text, elements and entries of objects. Throws what {@link makeElement} throws. */
export function collectContent(element: string, content: readonly unknown[]): CollectedContent {
  const parts: (string | MadeElement)[] = [];
  const entries: ObjectEntry[] = [];
  for (const item of content) {
    if (MadeElement.is(item)) parts.push(item);
    else if (isPlainObject(item)) entries.push(...Object.entries(item));
    else appendValue(parts, item, element);
  }
  return { parts, entries };
}

/** Creates an element whose parts are checked already, except for how deep they are nested. */
export function createElement(
  name: DeclaredName,
  attributes: string,
  parts: readonly (string | MadeElement)[],
): MadeElement {
  const depth = checkedDepth(parts, name.localName);
  return MadeElement.create(name, attributes, depth === 1 ? parts.join("") : parts, depth);
}

/** Of several shapes the one counts that knows all names; of several that do, each must lead to the same element. */
function makeByShapes(
  name: DeclaredName,
  content: CollectedContent,
  shapes: readonly Shape[],
  names: DeclaredNames,
  level: number,
): MadeElement {
  const [shape, ...others] = shapes;
  if (shape === undefined) return createElement(name, attributesMarkup(content.entries, name.localName), content.parts);
  if (others.length === 0) return makeByShape(name, content, shape, names, level);
  const made: MadeElement[] = [];
  let firstError: UnknownNameError | undefined;
  for (const each of shapes) {
    try {
      made.push(makeByShape(name, content, each, names, level));
    } catch (error) {
      if (!(error instanceof UnknownNameError)) throw error;
      firstError ??= error;
    }
  }
  if (new Set(made.map(String)).size > 1) throw ambiguousObject(name.localName, made.length);
  const [element] = made;
  if (element !== undefined) return element;
  throw firstError ?? ambiguousObject(name.localName, 0);
}

function makeByShape(
  name: DeclaredName,
  { parts, entries }: CollectedContent,
  shape: Shape,
  names: DeclaredNames,
  level: number,
): MadeElement {
  const element = name.localName;
  assertDepth(level, element);
  const { attributes, content } = readObject(entries, element, shape, names);
  if (content.length > 0 && parts.length > 0) {
    throw new XqbusError(
      "xqbus:illegal-content",
      `${placeOf(element)} is partly in an object and partly beside it; give all in the object, or all beside it`,
    );
  }
  const made = [...parts];
  for (const item of content) {
    if (item.kind === "child") made.push(makeChild(item, element, names, level));
    else appendValue(made, item.value, element);
  }
  return createElement(name, attributesMarkup(attributes, element), made);
}

/** A child element out of its value: an element as it is, null for xsi:nil, an object, or what a factory takes. */
function makeChild(
  { name, field, value }: ChildValue,
  parent: string,
  names: DeclaredNames,
  level: number,
): MadeElement {
  if (MadeElement.is(value)) {
    if (value.name === name.localName) return value;
    throw new XqbusError(
      "xqbus:illegal-content",
      `"${name.localName}" of "${parent}" cannot be an element "${value.name}"; give its value or an element of its name`,
    );
  }
  if (typeof value === "string") return MadeElement.create(name, "", textMarkup(value, name.localName), 1);
  const content = value === null ? [{ "xsi:nil": true }] : [value];
  const collected = collectContent(name.localName, content);
  if (collected.entries.length === 0) return createElement(name, "", collected.parts);
  return makeByShapes(name, collected, field === undefined ? names.shapesOf(name) : [field.shape], names, level + 1);
}

function appendValue(parts: (string | MadeElement)[], value: unknown, element: string): void {
  if (isAtomicValue(value)) parts.push(textMarkup(lexicalForm(value, element), element));
  else if (Array.isArray(value)) appendArray(parts, value, element);
  else throw unusableContent(element, kindOf(value));
}

function appendArray(parts: (string | MadeElement)[], items: readonly unknown[], element: string): void {
  if (items.every((item) => MadeElement.is(item))) {
    for (const item of items) parts.push(item);
  } else {
    parts.push(textMarkup(listForm(items, element), element));
  }
}

function checkedDepth(parts: readonly (string | MadeElement)[], element: string): number {
  let below = 0;
  for (const part of parts) if (typeof part !== "string" && part.depth > below) below = part.depth;
  assertDepth(below + 1, element);
  return below + 1;
}

function assertDepth(depth: number, element: string): void {
  if (depth <= DEFAULT_XML_LIMITS.maxDepth) return;
  throw new XqbusError(
    "xqbus:limit-exceeded",
    `${placeOf(element)} is nested too deep: ${depth} elements, at most ${DEFAULT_XML_LIMITS.maxDepth} are read`,
  );
}

function ambiguousObject(element: string, types: number): XqbusError {
  return new XqbusError(
    "xqbus:illegal-content",
    `the object of "${element}" fits ${types} types of this name, which write it differently; ` +
      "give the child elements as elements in their order, or the object as a field of the parent's object",
  );
}
