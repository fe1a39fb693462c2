import { XqbusError } from "../../errors.ts";
import { OTHER_ELEMENTS, shapesOf } from "../../schema/index.ts";
import type { ElementShape, ObjectShape, SchemaModel, Shape, Shapes, ValueShape } from "../../schema/index.ts";
import { DEFAULT_XML_LIMITS, XmlElement, XmlText, childElements, stringValue } from "../../xml/index.ts";
import type { ExpandedName } from "../../xml/index.ts";
import type { Event } from "../event.ts";
import { decodeValue } from "./decode-value.ts";
import { CONTENT_KEY, NIL_KEY, TEXT_KEY, setOwn } from "./event-content.ts";
import type { ContentValue, EventContent } from "./event-content.ts";
import { modelOf } from "./model-source.ts";
import type { ModelSource } from "./model-source.ts";
import { XSI_NAMESPACE, attributeKey, bracedName, resolveQName, typeNameText } from "./names.ts";

/**
 * The content of an event as a plain object, as `docs/json.md` says: nothing is lost that a schema speaks of. Comments,
 * processing instructions, prefixes, and white space between elements without mixed content are not part of it.
 *
 * Elements that the catalog does not know, and what is not valid, are kept as text.
 *
 * @param source the catalog, or its model; by default that of the default directories
 * @returns an object of the caller's own
 * @throws XqbusError `xqbus:limit-exceeded` when elements are nested deeper than a receiver with the default limits reads
 */
export function toObject(event: Event, source?: ModelSource): EventContent {
  const { element } = event;
  const reader = new ObjectReader(modelOf(source));
  return reader.readEvent(element);
}

/** A property of the object in the making. */
type Properties = Record<string, ContentValue>;

class ObjectReader {
  readonly #home: string;
  readonly #shapes: Shapes;
  #depth = 0;

  constructor(model: SchemaModel) {
    this.#home = model.namespace;
    this.#shapes = shapesOf(model);
  }

  readEvent(element: XmlElement): EventContent {
    return this.#readAsObject(element, this.#shapes.element(element.name) ?? this.#shapes.unknown);
  }

  #readAsObject(element: XmlElement, declared: ElementShape): EventContent {
    const value = this.#read(element, declared);
    if (value === null) return { [NIL_KEY]: true };
    if (typeof value === "object" && !Array.isArray(value)) return value as EventContent;
    if (declared.shape.kind !== "object") return { [TEXT_KEY]: value };
    return { [CONTENT_KEY]: value === "" ? [] : [value] };
  }

  #read(element: XmlElement, declared: ElementShape): ContentValue {
    if (element.attributes.length === 0) return this.#readContent(element, declared.shape, undefined);
    const shape = this.#typeNamedBy(element, declared.shape) ?? declared.shape;
    const isTyped = shape.kind !== "object" || shape.isTyped;
    const object: Properties = {};
    let isNil = false;
    let hasAttributes = false;
    for (const { name, value } of element.attributes) {
      if (isTyped && name.namespace === XSI_NAMESPACE && name.localName === "nil") {
        const nil = value.trim();
        if (nil === "false" || nil === "0") continue;
        isNil = (nil === "true" || nil === "1") && isEmpty(element);
        if (isNil) continue;
      }
      hasAttributes = true;
      setOwn(object, attributeKey(name), this.#readAttribute(element, shape, name, value));
    }
    if (isNil) return hasAttributes ? { ...object, [NIL_KEY]: true } : null;
    return this.#readContent(element, shape, hasAttributes ? object : undefined);
  }

  /** The type that `xsi:type` names, where the schema has it. */
  #typeNamedBy(element: XmlElement, declared: Shape): Shape | undefined {
    if (declared.kind === "object" && !declared.isTyped) return undefined;
    const written = element.attributes.find(
      ({ name }) => name.namespace === XSI_NAMESPACE && name.localName === "type",
    );
    const type = written === undefined ? undefined : resolveQName(written.value.trim(), element);
    return type === undefined ? undefined : this.#shapes.type(type);
  }

  #readAttribute(element: XmlElement, shape: Shape, name: ExpandedName, value: string): ContentValue {
    if (name.namespace === XSI_NAMESPACE) {
      const type = name.localName === "type" ? resolveQName(value.trim(), element) : undefined;
      return type === undefined ? value : typeNameText(type, this.#home);
    }
    return shape.kind === "object" ? decodeValue(value, shape.attributeValue(name), element) : value;
  }

  /** @param attributes the object with the attributes of the element; undefined when there are none */
  #readContent(element: XmlElement, shape: Shape, attributes: Properties | undefined): ContentValue {
    if (this.#depth >= DEFAULT_XML_LIMITS.maxDepth) throw tooDeep();
    this.#depth++;
    const value = this.#contentOf(element, shape, attributes);
    this.#depth--;
    return value;
  }

  #contentOf(element: XmlElement, shape: Shape, attributes: Properties | undefined): ContentValue {
    if (shape.kind !== "object") return this.#readValue(element, shape, attributes);
    if (shape.text !== undefined) return this.#readValue(element, shape.text, attributes ?? {});
    if (shape.isAny && attributes === undefined && !element.children.some((child) => child instanceof XmlElement)) {
      return stringValue(element);
    }
    const object = attributes ?? {};
    if (shape.form === "content") return this.#readInOrder(element, shape, object);
    return this.#readFields(element, shape, object) ?? this.#readInOrder(element, shape, object);
  }

  #readValue(element: XmlElement, shape: ValueShape, attributes: Properties | undefined): ContentValue {
    const [only] = element.children;
    const isText = element.children.length === 1 && only instanceof XmlText;
    // A value has no elements in it; where there are some, they are kept like those of an unknown type.
    if (!isText && childElements(element).length > 0) {
      return this.#contentOf(element, this.#shapes.unknown.shape, attributes);
    }
    const value = decodeValue(isText ? only.data : stringValue(element), shape, element);
    if (attributes === undefined) return value;
    attributes[TEXT_KEY] = value;
    return attributes;
  }

  /** The fields as properties; undefined when the element is not as its type wants it, so that something would be lost. */
  #readFields(element: XmlElement, shape: ObjectShape, attributes: Properties): EventContent | undefined {
    const object: Properties = { ...attributes };
    const areFields = shape.fieldsByPlace?.(childElements(element).map(({ name }) => name));
    let last: string | undefined;
    let values: ContentValue[] = [];
    let index = 0;
    for (const child of element.children) {
      if (child instanceof XmlText && /[^ \t\r\n]/.test(child.data)) return undefined;
      if (!(child instanceof XmlElement)) continue;
      const field = areFields?.[index++] === false ? undefined : shape.fieldNamed(child.name);
      const key = field?.key ?? OTHER_ELEMENTS;
      const comesBack = key !== last && Object.hasOwn(object, key);
      const isOneTooMany = key === last && field?.repeats === false;
      if (comesBack || isOneTooMany) return undefined;
      if (key !== last) values = [];
      last = key;
      if (field === undefined) values.push(this.#readOther(child, element, shape));
      else values.push(this.#read(child, field));
      if (values.length === 1) setOwn<ContentValue>(object, key, field?.repeats === false ? values[0]! : values);
    }
    return object;
  }

  #readInOrder(element: XmlElement, shape: ObjectShape, object: Properties): EventContent {
    const areFields = shape.fieldsByPlace?.(childElements(element).map(({ name }) => name));
    const isMixed = shape.isMixed || hasText(element);
    const content: ContentValue[] = [];
    let index = 0;
    for (const child of element.children) {
      if (child instanceof XmlText) {
        if (isMixed) appendText(content, child.data);
      } else if (child instanceof XmlElement) {
        const field = areFields?.[index++] === false ? undefined : shape.fieldNamed(child.name);
        if (field === undefined) content.push(this.#readOther(child, element, shape));
        else content.push(ownObject(field.key, this.#read(child, field)));
      }
    }
    object[CONTENT_KEY] = content;
    return object;
  }

  /** A child that its parent's type does not name: an object with one property, its name as seen from its parent. */
  #readOther(child: XmlElement, parent: XmlElement, shape: ObjectShape): EventContent {
    const { localName, namespace } = child.name;
    const isPlain = namespace === parent.name.namespace && !shape.fields.has(localName);
    return ownObject(isPlain ? localName : bracedName(child.name), this.#read(child, shape.otherElement(child.name)));
  }
}

function ownObject(key: string, value: ContentValue): EventContent {
  const object: Properties = {};
  setOwn(object, key, value);
  return object;
}

/** Texts that a comment divides are one text. */
function appendText(content: ContentValue[], text: string): void {
  const last = content.at(-1);
  if (typeof last === "string") content[content.length - 1] = last + text;
  else content.push(text);
}

function isEmpty(element: XmlElement): boolean {
  return !element.children.some((child) => child instanceof XmlText || child instanceof XmlElement);
}

function hasText(element: XmlElement): boolean {
  return element.children.some((child) => child instanceof XmlText && /[^ \t\r\n]/.test(child.data));
}

function tooDeep(): XqbusError {
  return new XqbusError(
    "xqbus:limit-exceeded",
    `the event has elements nested deeper than ${DEFAULT_XML_LIMITS.maxDepth}, which its object form does not allow`,
  );
}
