import { shapesOf } from "../../schema/index.ts";
import type { SchemaModel, Shape, Shapes, ValueShape } from "../../schema/index.ts";
import { XMLNS_NAMESPACE, assertXmlCharacters, escapeAttribute, escapeText, internName } from "../../xml/index.ts";
import type { ExpandedName, XmlLimits } from "../../xml/index.ts";
import { isPlainObject } from "../place.ts";
import { partsOf } from "./content-parts.ts";
import type { ElementPart } from "./content-parts.ts";
import { ContentPath } from "./content-path.ts";
import { encodeValue } from "./encode-value.ts";
import { EventContentError } from "./event-content-error.ts";
import { TEXT_KEY } from "./event-content.ts";
import { XSI_NAMESPACE, parseAttributeKey, parseTypeName } from "./names.ts";
import { readProperties } from "./properties.ts";
import type { Properties } from "./properties.ts";
import { StartTag, plainTags } from "./start-tag.ts";
import type { Tags } from "./start-tag.ts";
import { unknownProperty } from "./unknown-property.ts";

/** An element to write; its value is that of the path. */
export type ElementToWrite = Omit<ElementPart, "key">;

/** Writes the elements of one event. */
export class ObjectWriter {
  readonly #home: string;
  readonly #shapes: Shapes;
  readonly #limits: XmlLimits;
  /** Of the envelope. */
  #depth = 1;
  #written = 0;

  constructor(model: SchemaModel, limits: XmlLimits) {
    this.#home = model.namespace;
    this.#shapes = shapesOf(model);
    this.#limits = limits;
  }

  /**
   * The event element as markup; its content is an object, whatever its type.
   *
   * @param outerDefault the default namespace in force around it
   * @throws what `fromObject` throws
   */
  writeEvent(to: ElementToWrite, outerDefault: string): string {
    this.#depth++;
    return this.#writeObject(to, outerDefault);
  }

  #write(to: ElementToWrite, outerDefault: string): string {
    const { declared, name, path } = to;
    const { value } = path;
    if (++this.#depth > this.#limits.maxDepth) throw this.#tooDeep(path);
    let markup: string;
    if (value === null) markup = this.#writeNil(new StartTag(name, outerDefault), to);
    else if (isPlainObject(value)) markup = this.#writeObject(to, outerDefault);
    else if (declared.shape.kind !== "object") markup = this.#writeValue(to, declared.shape, outerDefault);
    else if (declared.shape.isAny && typeof value === "string") markup = this.#writeText(to, value, outerDefault);
    else markup = this.#writeObject(to, outerDefault);
    this.#depth--;
    return markup;
  }

  #writeNil(tag: StartTag, { declared, path }: ElementToWrite): string {
    if (!declared.isNillable) {
      throw new EventContentError("xqbus:illegal-content", path, "is null, but its element is not nillable");
    }
    if (!tag.addAttribute(NIL_NAME, "true")) {
      throw new EventContentError(
        "xqbus:illegal-content",
        path,
        'has both "#nil" and "@xsi:nil"; expected "#nil" only',
      );
    }
    return this.#enclose(tag.finish(), "", path);
  }

  #writeText({ name, path }: ElementToWrite, text: string, outerDefault: string): string {
    return this.#enclose(plainTags(name, outerDefault), this.#escapedText(text, path), path);
  }

  #writeValue({ name, declared, path }: ElementToWrite, shape: ValueShape, outerDefault: string): string {
    let tag: StartTag | undefined;
    const text = encode(path, shape, declared.hasDefault, (each) =>
      (tag ??= new StartTag(name, outerDefault)).qname(each),
    );
    const escaped = this.#escapedText(text, path);
    return this.#enclose(tag?.finish() ?? plainTags(name, outerDefault), escaped, path);
  }

  #writeObject(to: ElementToWrite, outerDefault: string): string {
    const { declared, name, path } = to;
    const properties = readProperties(path.value, path);
    const tag = new StartTag(name, outerDefault);
    const shape = this.#typeNamedIn(properties, declared.shape, path) ?? declared.shape;
    for (const [key, value] of properties.attributes) {
      this.#addAttribute(tag, key, shape, new ContentPath(path, key, value));
    }
    if (properties.isNil) return this.#writeNil(tag, to);
    const valueShape = shape.kind === "object" ? shape.text : shape;
    if (valueShape !== undefined) {
      const text = encode(textPath(properties, shape, path), valueShape, declared.hasDefault, (each) =>
        tag.qname(each),
      );
      return this.#enclose(tag.finish(), this.#escapedText(text, path), path);
    }
    const tags = tag.finish();
    let inner = "";
    for (const part of shape.kind === "object" ? partsOf(properties, shape, name.namespace, path) : []) {
      inner += typeof part === "string" ? this.#escapedText(part, path) : this.#write(part, tags.defaultNamespace);
    }
    return this.#enclose(tags, inner, path);
  }

  /** The shape of the type that `@xsi:type` names, where the schema has it. */
  #typeNamedIn({ attributes }: Properties, declared: Shape, path: ContentPath): Shape | undefined {
    const [, written] = attributes.find(([key]) => parseAttributeKey(key) === TYPE_NAME) ?? [];
    if (written === undefined || (declared.kind === "object" && !declared.isTyped)) return undefined;
    return this.#shapes.type(this.#typeName(new ContentPath(path, "@xsi:type", written)));
  }

  #typeName(path: ContentPath): ExpandedName {
    const { value } = path;
    const name = typeof value === "string" ? parseTypeName(value, this.#home) : undefined;
    if (name !== undefined) return name;
    const expected = `expected "name" for a type of the catalog, "xs:name" for a built-in one, or "Q{namespace}name"`;
    throw new EventContentError("xqbus:illegal-content", path, `names no type; ${expected}`);
  }

  #addAttribute(tag: StartTag, key: string, shape: Shape, path: ContentPath): void {
    const name = parseAttributeKey(key);
    if (name === undefined || name.namespace === XMLNS_NAMESPACE || key === "@xmlns") {
      const expected = 'expected "@" and a name: "@unit", "@xml:lang", "@Q{namespace}unit"';
      throw new EventContentError("xqbus:unknown-name", path, `is no attribute; ${expected}`);
    }
    let text: string;
    if (name === TYPE_NAME) {
      text = tag.qname(this.#typeName(path));
    } else if (name.namespace === XSI_NAMESPACE) {
      text = encode(path, XSI_VALUE, false, () => "");
    } else if (
      shape.kind === "object" &&
      (shape.allowsOtherAttributes || shape.attributes.some((each) => each.name === name))
    ) {
      text = encode(path, shape.attributeValue(name), false, (each) => tag.qname(each));
    } else {
      throw unknownProperty(key, shape, path);
    }
    if (tag.addAttribute(name, escaped(text, escapeAttribute, path))) return;
    throw new EventContentError("xqbus:illegal-content", path, "is given twice, under two names");
  }

  #escapedText(text: string, path: ContentPath): string {
    return this.#count(escaped(text, escapeText, path), path);
  }

  #enclose({ start, end }: Tags, inner: string, path: ContentPath): string {
    this.#count(start, path);
    return inner === "" ? `${start}/>` : `${start}>${inner}${end}`;
  }

  /** An object may be used in many places, so that a small one makes a document without end. */
  #count(markup: string, path: ContentPath): string {
    this.#written += markup.length;
    if (this.#written <= this.#limits.maxBytes) return markup;
    const problem = `makes an event of more than ${this.#limits.maxBytes} bytes`;
    throw new EventContentError("xqbus:limit-exceeded", path, problem);
  }

  #tooDeep(path: ContentPath): EventContentError {
    if (path.isCircular) {
      return new EventContentError("xqbus:illegal-content", path, "is an object that contains itself");
    }
    const problem = `is nested too deep; an event has at most ${this.#limits.maxDepth} levels of elements`;
    return new EventContentError("xqbus:limit-exceeded", path, problem);
  }
}

const NIL_NAME = internName(XSI_NAMESPACE, "nil");
const TYPE_NAME = internName(XSI_NAMESPACE, "type");

/** Of `xsi:schemaLocation` and the like. */
const XSI_VALUE: ValueShape = { kind: "atomic", form: "text", builtIn: "string", whiteSpace: "preserve" };

function textPath({ text, content, others, fields }: Properties, shape: Shape, path: ContentPath): ContentPath {
  const wrong =
    fields[0]?.[0] ?? (content === undefined ? undefined : "#content") ?? (others === undefined ? undefined : "#any");
  if (wrong !== undefined) throw unknownProperty(wrong, shape, new ContentPath(path, wrong, undefined));
  if (text !== undefined) return new ContentPath(path, TEXT_KEY, text);
  throw new EventContentError("xqbus:illegal-content", path, `lacks "${TEXT_KEY}", the text of its element`);
}

/** @param hasDefault whether the empty text stands for a default value */
function encode(
  path: ContentPath,
  shape: ValueShape,
  hasDefault: boolean,
  qname: (name: ExpandedName) => string,
): string {
  return hasDefault && path.value === "" ? "" : encodeValue(path.value, shape, path, qname);
}

function escaped(text: string, escape: (text: string) => string, path: ContentPath): string {
  try {
    return escape(text);
  } catch (error) {
    assertXmlCharacters(text, String(path));
    throw error;
  }
}
