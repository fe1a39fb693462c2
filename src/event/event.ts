import { Buffer } from "node:buffer";
import { parseXml, serializeXml, stringValue, XmlElement } from "../xml/index.ts";
import type { XmlDocument, XmlLimits } from "../xml/index.ts";
import { valuesAt } from "./element-path.ts";
import { eventElementOf } from "./envelope.ts";
import { fieldsInMarkup } from "./made-fields.ts";
import { deepFreeze } from "./object/deep-freeze.ts";
import type { EventContent } from "./object/event-content.ts";
import { namedContent } from "./object/named-content.ts";
import type { JsonEvent } from "./object/named-content.ts";
import { modelOf } from "./object/model-source.ts";
import type { ModelSource } from "./object/model-source.ts";
import { toObject } from "./object/to-object.ts";
import { showAsText } from "./show-as-text.ts";
import { textOfUtf8, utf8Form } from "./utf8-form.ts";

/** What an Event is built of. */
interface EventParts {
  /** UTF-8. */
  readonly bytes: Uint8Array;
  readonly name: string;
  readonly namespace: string;
  /** Left out: decoded from the bytes when somebody asks. */
  readonly text?: string;
  /** Left out: read from the text when somebody asks. */
  readonly document?: XmlDocument;
  /** Left out: the default directories. */
  readonly catalog?: ModelSource | undefined;
}

/** Options of {@link Event.parse}. */
export interface EventParseOptions {
  /** Default: `DEFAULT_XML_LIMITS` of the folder xml. */
  readonly limits?: Partial<XmlLimits>;
  /** What the document is called in messages about its syntax, such as a file name. */
  readonly source?: string;
  /** Where {@link Event.content} takes the types of elements from; default: the default directories. */
  readonly catalog?: ModelSource;
}

/** For what the maker wrote: it is no foreign document, and the maker has bounded its depth. */
const MADE_LIMITS: Partial<XmlLimits> = { maxBytes: Infinity, maxAttributes: Infinity, maxNameLength: Infinity };

let sharedBytes: (event: Event) => Uint8Array;
let madeMarkup: (event: Event) => string | undefined;
let ownCatalog: (event: Event) => ModelSource | undefined;

/**
 * An event: an immutable XML document, the envelope `Event` around exactly one event element.
 *
 * It is encoded once; the same bytes are validated, sent, stored and delivered. Every Event is well-formed and has this
 * shape. Whether it is valid, a catalog can say.
 */
export class Event {
  readonly #bytes: Uint8Array;
  readonly #name: string;
  readonly #namespace: string;
  #text: string | undefined;
  #document: XmlDocument | undefined;
  readonly #catalog: ModelSource | undefined;
  readonly #isMade: boolean;
  #content: EventContent | undefined;

  static {
    sharedBytes = (event) => event.#bytes;
    madeMarkup = (event) => (event.#document === undefined && event.#isMade ? event.#text : undefined);
    ownCatalog = (event) => event.#catalog;
    showAsText(Event.prototype);
  }

  private constructor({ bytes, name, namespace, text, document, catalog }: EventParts) {
    this.#bytes = bytes;
    this.#name = name;
    this.#namespace = namespace;
    this.#text = text;
    this.#document = document;
    this.#isMade = document === undefined;
    this.#catalog = catalog;
    Object.freeze(this);
  }

  /** @internal An event out of the markup that the maker wrote; name and namespace are those of the event element. */
  static ofMarkup(text: string, name: string, namespace: string, catalog?: ModelSource): Event {
    return new Event({ bytes: Buffer.from(text), name, namespace, text, catalog });
  }

  /**
   * Reads an event that somebody else wrote: an element `Event` of any namespace around exactly one element.
   * White space, comments, processing instructions and an XML declaration may stand around and beside these.
   *
   * UTF-8 stays the very same bytes, white space and all; a document in another encoding is converted to UTF-8.
   *
   * @throws XmlSyntaxError when the input is not well-formed or exceeds a limit
   * @throws XqbusError `xqbus:invalid-event` when it is well-formed and no event; the message says what was found
   */
  static parse(input: Uint8Array | string, options: EventParseOptions = {}): Event {
    const document = parseXml(input, options);
    const { name } = eventElementOf(document);
    const bytes = utf8Form(input, document.source);
    return new Event({ bytes, name: name.localName, namespace: name.namespace, document, catalog: options.catalog });
  }

  /** The document in UTF-8; a copy, which the caller may change. */
  get bytes(): Uint8Array {
    // Buffer.from takes small copies from Node's pool; a new Uint8Array costs several times as much.
    return Buffer.from(this.#bytes);
  }

  /** Local name of the event element, that is the type of the event: `PhoneStatus`. */
  get name(): string {
    return this.#name;
  }

  /** Namespace of the event element; the empty string means none. */
  get namespace(): string {
    return this.#namespace;
  }

  /** The document as a tree. It is read when first asked for, and the same from then on. */
  get document(): XmlDocument {
    this.#document ??= parseXml(this.toString(), { limits: MADE_LIMITS });
    return this.#document;
  }

  /** The event element: what the envelope holds. */
  get element(): XmlElement {
    return eventElementOf(this.document);
  }

  /**
   * The content of the event element as a plain object, typed by the schema: child elements by local name, arrays of those
   * that may repeat, attributes as `@name`, decimals as strings, `null` for nil; `docs/json.md` is the mapping. It is made
   * when first asked for, and frozen; {@link toObject} gives one to change.
   *
   * The types are those of the catalog that the event was read or made with, else of the default directories.
   *
   * @throws XqbusError `xqbus:unreadable` when the default directories cannot be read
   */
  get content(): EventContent {
    this.#content ??= deepFreeze(toObject(this, this.#catalog));
    return this.#content;
  }

  /** What `JSON.stringify` writes: the content under the name of the event, `{ "PhoneStatus": { … } }`. */
  toJSON(): JsonEvent {
    return namedContent(this, this.content, modelOf(this.#catalog).namespace);
  }

  /**
   * The first value at a path below the event element; undefined when nothing is there.
   *
   * A path is local names separated by `/`; the last step may be an attribute: `CallerId`, `NetworkDevice/Name`, `@id`.
   *
   * @throws XqbusError `xqbus:illegal-argument` when the path is not of this form
   */
  get(path: string): string | undefined {
    return this.getAll(path)[0];
  }

  /** All values at a path, in document order; otherwise like {@link get}. */
  getAll(path: string): readonly string[] {
    return valuesAt(this.element, path);
  }

  /** The document as text, exactly as it was written; or, to be read by people, indented. */
  toString(options: { readonly pretty?: boolean } = {}): string {
    if (options.pretty === true) return serializeXml(this.document, { pretty: true });
    this.#text ??= textOfUtf8(this.#bytes);
    return this.#text;
  }
}

/** The bytes of an event without a copy, for senders of one's own. Whoever asks for them must not change them. */
export function bytesOf(event: Event): Uint8Array {
  return sharedBytes(event);
}

/**
 * Reads the text of the first child of the event element with a local name, as `event.get` does with a path of one step, for senders of
 * one's own: what a maker has made is read without a tree.
 */
export function fieldReader(event: Event): (name: string) => string | undefined {
  const markup = madeMarkup(event);
  const fields = markup === undefined ? undefined : fieldsInMarkup(markup);
  if (fields === undefined) return treeReader(event.element);
  return (name) => {
    const text = fields.get(name);
    return text === null ? event.get(name) : text;
  };
}

/** Reads many fields of one tree: its children are gone through once. */
function treeReader(element: XmlElement): (name: string) => string | undefined {
  const firsts = new Map<string, XmlElement>();
  for (const child of element.children) {
    if (child instanceof XmlElement && !firsts.has(child.localName)) firsts.set(child.localName, child);
  }
  return (name) => {
    const field = firsts.get(name);
    return field && stringValue(field);
  };
}

/** @internal The catalog that an event was read or made with. */
export function modelSourceOf(event: Event): ModelSource | undefined {
  return ownCatalog(event);
}
