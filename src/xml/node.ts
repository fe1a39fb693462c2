import type { ExpandedName } from "./expanded-name.ts";

/**
 * The light tree: the one tree that events, filters and readers use. It follows the XPath data model
 * (XQuery and XPath Data Model 3.1, section 6) as far as a document without DTD and schema needs it.
 *
 * Nodes are built once by the parser and never change afterwards. The properties `nodeType`, `nodeName`, `localName`,
 * `namespaceURI`, `prefix`, `data`, `value` and `target` carry the DOM's names, so that XPath engines can read the tree.
 */
export type XmlNode = XmlDocument | XmlElement | XmlAttribute | XmlText | XmlComment | XmlProcessingInstruction;

/** What an element or a document can contain. Adjacent character data and CDATA sections form one text node. */
export type XmlChildNode = XmlElement | XmlText | XmlComment | XmlProcessingInstruction;

/** Node types with the DOM's numbers. */
export const NodeType = {
  element: 1,
  attribute: 2,
  text: 3,
  processingInstruction: 7,
  comment: 8,
  document: 9,
} as const;

/** Place in the decoded document: line and column count from 1, column in UTF-16 code units; offset from 0. */
export interface SourcePosition {
  readonly line: number;
  readonly column: number;
  readonly offset: number;
}

/** Namespace declarations in force: a chain from the innermost declaration outwards. */
export interface NamespaceScope {
  /** Empty string for the default namespace. */
  readonly prefix: string;
  /** Empty string takes the default namespace away. */
  readonly namespace: string;
  readonly outer: NamespaceScope | undefined;
}

/** @internal A node while the parser builds it. */
export type Growing<N> = { -readonly [K in keyof N]: N[K] };

/** What nodes without attributes or without children share. */
const NOTHING: readonly never[] = Object.freeze([]);

/** A document: the root of the tree. */
export class XmlDocument {
  get nodeType(): typeof NodeType.document {
    return NodeType.document;
  }

  get nodeName(): "#document" {
    return "#document";
  }

  /** The document element with the comments and processing instructions before and behind it. */
  readonly children: readonly XmlChildNode[] = NOTHING;
  /** The parser sets it before anybody sees the document. */
  readonly documentElement!: XmlElement;
  /** The decoded text that was parsed, with normalised line ends; offsets of nodes point into it. */
  readonly source: string;

  /** @internal the parser builds documents */
  constructor(source: string) {
    this.source = source;
  }
}

/** An element with its attributes, its children and the namespace declarations in force. */
export class XmlElement {
  get nodeType(): typeof NodeType.element {
    return NodeType.element;
  }

  readonly name: ExpandedName;
  /** As written; presentation only, never compare it. */
  readonly prefix: string;
  readonly parent: XmlElement | XmlDocument;
  readonly children: readonly XmlChildNode[] = NOTHING;
  /** Without namespace declarations, in document order. */
  readonly attributes: readonly XmlAttribute[] = NOTHING;
  readonly namespaces: NamespaceScope | undefined;
  /** Offset of `<` of the start tag. */
  readonly offset: number;
  /** Offset behind `>` of the end tag. */
  readonly endOffset: number;

  /** @internal the parser builds elements */
  constructor(
    name: ExpandedName,
    prefix: string,
    parent: XmlElement | XmlDocument,
    namespaces: NamespaceScope | undefined,
    offset: number,
  ) {
    this.name = name;
    this.prefix = prefix;
    this.parent = parent;
    this.namespaces = namespaces;
    this.offset = offset;
    this.endOffset = offset;
  }

  get localName(): string {
    return this.name.localName;
  }

  get namespaceURI(): string | null {
    return this.name.namespace === "" ? null : this.name.namespace;
  }

  get nodeName(): string {
    return this.prefix === "" ? this.name.localName : `${this.prefix}:${this.name.localName}`;
  }
}

/** An attribute; namespace declarations are none. */
export class XmlAttribute {
  get nodeType(): typeof NodeType.attribute {
    return NodeType.attribute;
  }

  readonly name: ExpandedName;
  readonly prefix: string;
  /** Normalised value (XML 1.0, section 3.3.3, type CDATA). */
  readonly value: string;
  readonly parent: XmlElement;
  /** Offset of the first character of the name. */
  readonly offset: number;

  /** @internal the parser builds attributes */
  constructor(name: ExpandedName, prefix: string, value: string, parent: XmlElement, offset: number) {
    this.name = name;
    this.prefix = prefix;
    this.value = value;
    this.parent = parent;
    this.offset = offset;
  }

  get localName(): string {
    return this.name.localName;
  }

  get namespaceURI(): string | null {
    return this.name.namespace === "" ? null : this.name.namespace;
  }

  get nodeName(): string {
    return this.prefix === "" ? this.name.localName : `${this.prefix}:${this.name.localName}`;
  }
}

/** Character data, never empty, between two pieces of other markup. */
export class XmlText {
  get nodeType(): typeof NodeType.text {
    return NodeType.text;
  }

  get nodeName(): "#text" {
    return "#text";
  }

  readonly data: string;
  readonly parent: XmlElement;
  readonly offset: number;

  /** @internal the parser builds text nodes */
  constructor(data: string, parent: XmlElement, offset: number) {
    this.data = data;
    this.parent = parent;
    this.offset = offset;
  }
}

/** A comment. */
export class XmlComment {
  get nodeType(): typeof NodeType.comment {
    return NodeType.comment;
  }

  get nodeName(): "#comment" {
    return "#comment";
  }

  readonly data: string;
  readonly parent: XmlElement | XmlDocument;
  readonly offset: number;

  /** @internal the parser builds comments */
  constructor(data: string, parent: XmlElement | XmlDocument, offset: number) {
    this.data = data;
    this.parent = parent;
    this.offset = offset;
  }
}

/** A processing instruction. */
export class XmlProcessingInstruction {
  get nodeType(): typeof NodeType.processingInstruction {
    return NodeType.processingInstruction;
  }

  get nodeName(): string {
    return this.target;
  }

  readonly target: string;
  readonly data: string;
  readonly parent: XmlElement | XmlDocument;
  readonly offset: number;

  /** @internal the parser builds processing instructions */
  constructor(target: string, data: string, parent: XmlElement | XmlDocument, offset: number) {
    this.target = target;
    this.data = data;
    this.parent = parent;
    this.offset = offset;
  }
}
