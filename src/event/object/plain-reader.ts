import { OTHER_ELEMENTS } from "../../schema/index.ts";
import type { ElementShape, ObjectShape, Shapes } from "../../schema/index.ts";
import type { ExpandedName } from "../../xml/index.ts";
import { documentName } from "../../xml/index.ts";
import { CONTENT_KEY, NIL_KEY, TEXT_KEY, isObject, setOwn } from "./event-content.ts";
import type { ContentValue, EventContent } from "./event-content.ts";
import { attributeKey, parseName, parseTypeName } from "./names.ts";
import { mapEntriesOf, readMap } from "./plain-map.ts";

const TYPE_KEY = "@xsi:type";

/** Turns the object form of elements into plain JSON. */
export class PlainReader {
  readonly #shapes: Shapes;
  readonly #home: string;

  constructor(shapes: Shapes, home: string) {
    this.#shapes = shapes;
    this.#home = home;
  }

  /** @param name of the element, whose namespace its children share unless they say theirs */
  readElement(value: ContentValue, declared: ElementShape, name: ExpandedName): ContentValue {
    const { shape: declaredShape } = declared;
    if (!isObject(value)) {
      const isEmpty = value === "" && declaredShape.kind === "object" && declaredShape.isAny;
      return isEmpty ? {} : value;
    }
    if (value[NIL_KEY] === true) return null;
    const shape = this.#typeOf(value) ?? declaredShape;
    if (shape.kind !== "object") return Object.hasOwn(value, TEXT_KEY) ? (value[TEXT_KEY] ?? "") : value;
    return this.#readMap(value, shape) ?? this.#readObject(value, shape, name);
  }

  #readMap(value: EventContent, shape: ObjectShape): ContentValue | undefined {
    const entries = mapEntriesOf(shape);
    return entries && readMap(value, (entry) => this.readElement(entry, entries, entries.name));
  }

  #readObject(value: EventContent, shape: ObjectShape, name: ExpandedName): ContentValue {
    const plain = readAttributes(value, shape);
    if (shape.text !== undefined) setOwn(plain, TEXT_KEY, value[TEXT_KEY] ?? null);
    const content = value[CONTENT_KEY];
    if (!Array.isArray(content)) this.#readFields(value, shape, name, plain);
    else if (shape.isAny) this.#readFree(content, shape, name, plain);
    else setOwn<ContentValue>(plain, CONTENT_KEY, this.#readInOrder(content, shape, name));
    return plain;
  }

  #typeOf(value: EventContent): ReturnType<Shapes["type"]> {
    const written = value[TYPE_KEY];
    const type = typeof written === "string" ? parseTypeName(written, this.#home) : undefined;
    return type === undefined ? undefined : this.#shapes.type(type);
  }

  #readFields(value: EventContent, shape: ObjectShape, name: ExpandedName, plain: Properties): void {
    for (const [key, field] of shape.fields) {
      const given = Object.hasOwn(value, key) ? value[key] : undefined;
      if (given === undefined) setOwn<ContentValue>(plain, key, field.repeats ? [] : null);
      else if (!field.repeats || !Array.isArray(given)) setOwn(plain, key, this.readElement(given, field, field.name));
      else
        setOwn<ContentValue>(
          plain,
          key,
          given.map((each: ContentValue) => this.readElement(each, field, field.name)),
        );
    }
    const others = Object.hasOwn(value, OTHER_ELEMENTS) ? value[OTHER_ELEMENTS] : undefined;
    if (Array.isArray(others)) this.#addAll(others, shape, name, plain);
  }

  /** Content that no type describes: elements become properties unless there is text between them. */
  #readFree(content: readonly ContentValue[], shape: ObjectShape, name: ExpandedName, plain: Properties): void {
    const texts = content.filter((item) => typeof item === "string");
    const hasElements = texts.length < content.length;
    if (!hasElements) setOwn<ContentValue>(plain, TEXT_KEY, texts.join(""));
    else if (texts.every((text) => /^[ \t\r\n]*$/.test(text))) this.#addAll(content, shape, name, plain);
    else setOwn<ContentValue>(plain, CONTENT_KEY, this.#readInOrder(content, shape, name));
  }

  #readInOrder(content: readonly ContentValue[], shape: ObjectShape, name: ExpandedName): readonly ContentValue[] {
    return content.map((item) => {
      if (!isObject(item)) return item;
      const one: Properties = {};
      for (const [key, value] of Object.entries(item)) setOwn(one, key, this.#readChild(key, value, shape, name));
      return one;
    });
  }

  #readChild(key: string, value: ContentValue, shape: ObjectShape, { namespace }: ExpandedName): ContentValue {
    const field = shape.fields.get(key);
    if (field !== undefined) return this.readElement(value, field, field.name);
    const name = parseName(key, namespace) ?? documentName(namespace, key);
    return this.readElement(value, shape.otherElement(name), name);
  }

  /** Elements that the type does not name, by their local names; several of one name are an array. */
  #addAll(items: readonly ContentValue[], shape: ObjectShape, name: ExpandedName, plain: Properties): void {
    const found = new Map<string, ContentValue[]>();
    for (const item of items) {
      if (!isObject(item)) continue;
      for (const [key, value] of Object.entries(item)) {
        const { localName } = parseName(key, name.namespace) ?? { localName: key };
        const property = shape.fields.has(localName) ? key : localName;
        const values = found.get(property);
        const read = this.#readChild(key, value, shape, name);
        if (values === undefined) found.set(property, [read]);
        else values.push(read);
      }
    }
    for (const [property, values] of found)
      setOwn<ContentValue>(plain, property, values.length === 1 ? values[0]! : values);
  }
}

type Properties = Record<string, ContentValue>;

/** The attributes that the type names, null for those that are left out; then others, without those of XML Schema itself. */
function readAttributes(value: EventContent, shape: ObjectShape): Properties {
  const plain: Properties = {};
  for (const key of shape.attributes.map(({ name }) => attributeKey(name))) {
    setOwn(plain, key, Object.hasOwn(value, key) ? (value[key] ?? null) : null);
  }
  for (const [key, text] of Object.entries(value)) {
    if (key.startsWith("@") && (!key.startsWith("@xsi:") || key === TYPE_KEY)) setOwn(plain, key, text);
  }
  return plain;
}
