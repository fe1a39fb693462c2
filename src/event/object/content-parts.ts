import { OTHER_ELEMENTS } from "../../schema/index.ts";
import type { ElementShape, FieldShape, ObjectShape } from "../../schema/index.ts";
import { XMLNS_NAMESPACE } from "../../xml/index.ts";
import type { ExpandedName } from "../../xml/index.ts";
import { isPlainObject, kindOf } from "../place.ts";
import { ContentPath } from "./content-path.ts";
import { EventContentError } from "./event-content-error.ts";
import { CONTENT_KEY, TEXT_KEY } from "./event-content.ts";
import { parseName } from "./names.ts";
import { readProperties } from "./properties.ts";
import type { Properties } from "./properties.ts";
import { unknownProperty } from "./unknown-property.ts";

/** A child element that is to be written; its value is that of the path. */
export interface ElementPart {
  readonly declared: ElementShape;
  readonly name: ExpandedName;
  /** The property it comes from, `#any` for one that the type does not name. */
  readonly key: string;
  readonly path: ContentPath;
}

/**
 * What an object says to be in its element, in the order in which it is written: texts and child elements.
 *
 * @param namespace of the element
 * @throws EventContentError
 */
export function partsOf(
  properties: Properties,
  shape: ObjectShape,
  namespace: string,
  path: ContentPath,
): readonly (string | ElementPart)[] {
  const { text, content } = properties;
  if (text !== undefined) throw unknownProperty(TEXT_KEY, shape, new ContentPath(path, TEXT_KEY, text));
  if (content === undefined) return fieldParts(properties, shape, namespace, path);
  const at = new ContentPath(path, CONTENT_KEY, content);
  return itemsOf(at).map((item, index) => {
    const itemPath = new ContentPath(at, index, item);
    return typeof item === "string" && shape.isMixed ? item : singleElement(itemPath, shape, namespace, true);
  });
}

function fieldParts(
  { fields, others }: Properties,
  shape: ObjectShape,
  namespace: string,
  path: ContentPath,
): readonly ElementPart[] {
  const parts: ElementPart[] = [];
  for (const [key, value] of fields) {
    const at = new ContentPath(path, key, value);
    const field = shape.fields.get(key);
    if (field === undefined) throw unknownProperty(key, shape, at);
    if (field.repeats)
      parts.push(...itemsOf(at).map((item, index) => fieldPart(field, new ContentPath(at, index, item))));
    else parts.push(fieldPart(field, at));
  }
  if (others !== undefined) {
    const at = new ContentPath(path, OTHER_ELEMENTS, others);
    if (!shape.allowsOtherElements) throw unknownProperty(OTHER_ELEMENTS, shape, at);
    const items = itemsOf(at).map((item, index) => new ContentPath(at, index, item));
    parts.push(...items.map((each) => singleElement(each, shape, namespace, false)));
  }
  const order = shape.arrange(parts);
  return order === undefined ? parts : order.map((index) => parts[index]!);
}

function fieldPart(field: FieldShape, path: ContentPath): ElementPart {
  return { declared: field, name: field.name, key: field.key, path };
}

/** The element that an object with one property stands for. */
function singleElement(path: ContentPath, shape: ObjectShape, namespace: string, mayBeField: boolean): ElementPart {
  const expected = `expected ${mayBeField && shape.isMixed ? "a text or " : ""}an object with one element`;
  if (!isPlainObject(path.value)) throw illegal(path, `is ${kindOf(path.value)}; ${expected}`);
  const [property, ...more] = readProperties(path.value, path).fields;
  if (property === undefined || more.length > 0) {
    throw illegal(path, `is an object with ${property === undefined ? "no element" : "several elements"}; ${expected}`);
  }
  const [key, value] = property;
  const at = new ContentPath(path, key, value);
  const field = mayBeField ? shape.fields.get(key) : undefined;
  if (field !== undefined) return fieldPart(field, at);
  const name = shape.allowsOtherElements ? parseName(key, namespace) : undefined;
  if (name === undefined || name.namespace === XMLNS_NAMESPACE) throw unknownProperty(key, shape, at);
  return { declared: shape.otherElement(name), name, key: OTHER_ELEMENTS, path: at };
}

function itemsOf(path: ContentPath): readonly unknown[] {
  const { value } = path;
  if (Array.isArray(value))
    return Array.from(value as readonly unknown[], (item, index) => presentItem(item, path, index));
  throw illegal(path, `is ${kindOf(value)}; expected an array, because there may be several`);
}

/** Ends with the first hole, so that an array of nothing but length costs nothing. */
function presentItem(item: unknown, path: ContentPath, index: number): unknown {
  if (item !== undefined) return item;
  throw illegal(new ContentPath(path, index, item), "is undefined; expected an array without holes");
}

function illegal(path: ContentPath, problem: string): EventContentError {
  return new EventContentError("xqbus:illegal-content", path, problem);
}
