import { XqbusError } from "../errors.ts";
import { OTHER_ELEMENTS, UnknownNameError, nearestName } from "../schema/index.ts";
import type { FieldShape, ObjectShape, Shape } from "../schema/index.ts";
import { internName } from "../xml/index.ts";
import { isPrefixedAttribute } from "./attributes-markup.ts";
import type { DeclaredName } from "./declared-name.ts";
import type { DeclaredNames } from "./declared-names.ts";
import { isAtomicValue } from "./lexical-form.ts";
import { listForm } from "./list-form.ts";
import { MadeElement } from "./made-element.ts";
import { CONTENT_KEY, NIL_KEY, TEXT_KEY } from "./object/event-content.ts";
import { attributeKey } from "./object/names.ts";
import { isPlainObject, kindOf, placeOf } from "./place.ts";

/** An entry of a plain object that a caller gave. */
export type ObjectEntry = readonly [key: string, value: unknown];

/** A child element that is still to be made. */
export interface ChildValue {
  readonly kind: "child";
  /** The property that it was given as. */
  readonly key: string;
  readonly name: DeclaredName;
  /** Undefined for an element that a wildcard lets in. */
  readonly field: FieldShape | undefined;
  readonly value: unknown;
}

/** Something that a factory takes as it is. */
interface FactoryValue {
  readonly kind: "value";
  readonly value: unknown;
}

/** What the entries of an object say, in the order in which it is written. */
export interface ObjectContent {
  readonly attributes: readonly ObjectEntry[];
  readonly content: readonly (ChildValue | FactoryValue)[];
}

/**
 * Sorts the entries of an object by what the type of the element declares.
 *
 * - `name`: the child element of this local name; an array gives several where the schema allows several, else a list;
 *   `undefined` leaves it out, `null` stands for `xsi:nil`. Where there is no such child element, the attribute of this name
 * - `@name`: the attribute, whether declared or not; arrays are lists
 * - `#text`: the text; `#nil`: whether the element is nil
 * - `#content`: an array in document order of texts, elements, and objects with child elements
 * - `#any`: an array of objects with child elements that a wildcard lets in
 *
 * Where a name does not tell the namespace, `Q{namespace}name` does. Child elements are put into the order of the schema, those of `#content` stay where they are.
 *
 * @throws UnknownNameError `xqbus:unknown-name` for any other name
 * @throws XqbusError `xqbus:illegal-content`
 */
export function readObject(
  entries: readonly ObjectEntry[],
  element: string,
  shape: Shape,
  names: DeclaredNames,
): ObjectContent {
  const type = shape.kind === "object" ? shape : undefined;
  const attributes: ObjectEntry[] = [];
  const children: ChildValue[] = [];
  const content: (ChildValue | FactoryValue)[] = [];
  for (const [key, value] of entries) {
    if (value === undefined) continue;
    if (key === TEXT_KEY) content.push({ kind: "value", value });
    else if (key === NIL_KEY) attributes.push(["xsi:nil", value]);
    else if (key === CONTENT_KEY) content.push(...readContent(key, value, element, type, names));
    else if (key === OTHER_ELEMENTS)
      children.push(...readContent(key, value, element, type, names).filter(isChildValue));
    else if (key.startsWith("@")) attributes.push(attributeEntry(key.slice(1), value, element));
    else if (isChild(key, type, names)) children.push(...readChild(key, value, type, names));
    else if (isAttribute(key, type)) attributes.push(attributeEntry(key, value, element));
    else throw unknownKey(key, element, type);
  }
  return { attributes, content: [...content, ...arranged(children, type)] };
}

/** A name that only a wildcard lets in is a child element when the catalog declares such an element. */
function isChild(key: string, type: ObjectShape | undefined, names: DeclaredNames): boolean {
  if (type === undefined) return false;
  if (type.fields.has(key)) return true;
  return type.allowsOtherElements && !isDeclaredAttribute(key, type) && otherName(key, names) !== undefined;
}

/** The declared name that a key means which is no field of the type. */
function otherName(key: string, names: DeclaredNames): DeclaredName | undefined {
  const [, namespace, localName] = /^Q\{([^}]*)\}(.*)$/s.exec(key) ?? [];
  if (namespace === undefined || localName === undefined) return names.find(key);
  const isDeclared = names.find(localName)?.namespaces.includes(namespace) ?? false;
  return isDeclared ? names.exactly(internName(namespace, localName)) : undefined;
}

function isAttribute(key: string, type: ObjectShape | undefined): boolean {
  return isPrefixedAttribute(key) || type?.allowsOtherAttributes === true || isDeclaredAttribute(key, type);
}

function isDeclaredAttribute(key: string, type: ObjectShape | undefined): boolean {
  return type !== undefined && type.attributes.some(({ name }) => attributeKey(name) === `@${key}`);
}

function readChild(
  key: string,
  value: unknown,
  type: ObjectShape | undefined,
  names: DeclaredNames,
): readonly ChildValue[] {
  const field = type?.fields.get(key);
  const name = field === undefined ? otherName(key, names) : names.exactly(field.name);
  if (name === undefined) return [];
  // What a wildcard lets in may come several times too.
  if (!Array.isArray(value) || field?.repeats === false) return [{ kind: "child", key, name, field, value }];
  return Array.from(value as readonly unknown[], (each) => ({ kind: "child", key, name, field, value: each }));
}

function arranged(children: readonly ChildValue[], type: ObjectShape | undefined): readonly ChildValue[] {
  if (type === undefined || children.length < 2) return children;
  const last = type.fields.size;
  const positionOf = ({ key }: ChildValue): number => type.fields.get(key)?.position ?? last;
  const isInOrder = children.every((child, i) => i === 0 || positionOf(children[i - 1]!) <= positionOf(child));
  const inOrder = isInOrder ? children : children.toSorted((a, b) => positionOf(a) - positionOf(b));
  const order = type.arrange(
    inOrder.map(({ key, name }) => ({ key: type.fields.has(key) ? key : OTHER_ELEMENTS, name: name.expandedName })),
  );
  return order === undefined ? inOrder : order.flatMap((index) => inOrder[index] ?? []);
}

function isChildValue(part: ChildValue | FactoryValue): part is ChildValue {
  return part.kind === "child";
}

function readContent(
  key: string,
  value: unknown,
  element: string,
  type: ObjectShape | undefined,
  names: DeclaredNames,
): readonly (ChildValue | FactoryValue)[] {
  if (!Array.isArray(value)) throw unusableArray(key, element, kindOf(value));
  return Array.from(value as readonly unknown[], (item, index): readonly (ChildValue | FactoryValue)[] => {
    if (isPlainObject(item)) return readChildren(item, element, type, names);
    if (key === CONTENT_KEY && isAtomicValue(item)) return [{ kind: "value", value: item }];
    // A factory takes elements in arrays.
    if (key === CONTENT_KEY && MadeElement.is(item)) return [{ kind: "value", value: [item] }];
    throw unusableArray(key, element, `an array with ${kindOf(item)} at index ${index}`);
  }).flat();
}

function readChildren(
  object: Readonly<Record<string, unknown>>,
  element: string,
  type: ObjectShape | undefined,
  names: DeclaredNames,
): readonly ChildValue[] {
  return Object.entries(object).flatMap(([key, value]) => {
    if (value === undefined) return [];
    if (isChild(key, type, names)) return readChild(key, value, type, names);
    throw unknownKey(key, element, type);
  });
}

function attributeEntry(name: string, value: unknown, element: string): ObjectEntry {
  return [name, Array.isArray(value) ? listForm(value, element, name) : value];
}

function unknownKey(key: string, element: string, type: ObjectShape | undefined): UnknownNameError {
  const attributes = type?.attributes.map(({ name }) => attributeKey(name).slice(1)) ?? [];
  const suggestion = nearestName(key, [...(type?.fields.keys() ?? []), ...attributes]);
  return new UnknownNameError(key, `a child element or attribute of "${element}"`, suggestion);
}

function unusableArray(key: string, element: string, what: string): XqbusError {
  const items =
    key === CONTENT_KEY
      ? "texts, elements, and objects with one child element each"
      : "objects with one child element each";
  return new XqbusError(
    "xqbus:illegal-content",
    `"${key}" in the ${placeOf(element)} cannot be ${what}; give an array of ${items}, in document order`,
  );
}
