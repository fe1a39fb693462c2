import { AttributeList, givenTwice } from "./attribute-list.ts";
import { readAttributeValue } from "./attribute-value.ts";
import { nameEnd, PLAIN_TEXT, runEnd } from "./characters.ts";
import { readCDataSection, readComment, readProcessingInstruction } from "./markup.ts";
import { NamespaceContext, namespaceMistake, undeclaredPrefix } from "./namespaces.ts";
import {
  XmlComment,
  XmlDocument,
  XmlElement,
  XmlProcessingInstruction,
  XmlText,
  type Growing,
  type XmlChildNode,
} from "./node.ts";
import { qualifiedName, type QualifiedName } from "./qualified-name.ts";
import { quoted } from "./quoted.ts";
import { readReference } from "./references.ts";
import {
  AMPERSAND,
  EQUALS_SIGN,
  EXCLAMATION_MARK,
  GREATER_THAN,
  LESS_THAN,
  QUESTION_MARK,
  RIGHT_BRACKET,
  Scanner,
  SLASH,
} from "./scanner.ts";
import { positionAt } from "./source-position.ts";
import type { XmlSyntaxError } from "./syntax-error.ts";

const DOCTYPE_REFUSED =
  "the document has a DOCTYPE declaration, which is refused because it can declare entities that blow a document up " +
  "or read files; expected a document without one";

/**
 * Builds the tree of one document in a single pass (XML 1.0, Fifth Edition, production [1]; Namespaces in XML 1.0,
 * Third Edition). Without DTD, so that the constraints that need one do not arise.
 */
export class Parser extends Scanner {
  private readonly document: Growing<XmlDocument>;
  private readonly namespaces = new NamespaceContext();
  private readonly attributes = new AttributeList();

  /** The innermost open element, or the document. */
  private parent: XmlElement | XmlDocument;
  /** Names of the open elements as they are written; its length is the depth. */
  private readonly openNames: string[] = [];

  /** @param opened stands behind the XML declaration */
  constructor(opened: Scanner) {
    super(opened.text, opened.limits, opened.source);
    this.position = opened.position;
    this.document = new XmlDocument(this.text);
    this.parent = this.document;
  }

  parse(): XmlDocument {
    this.readMisc();
    if (this.isAtEnd()) {
      throw this.error(this.position, `the document has no element; expected a start tag such as "<Event>"`);
    }
    this.document.documentElement = this.readStartTag();
    while (this.openNames.length > 0) this.readContent();
    this.readMisc();
    if (!this.isAtEnd()) {
      throw this.error(
        this.position,
        "a second element begins outside the document element; expected one element around everything",
      );
    }
    return this.document;
  }

  /** Comments, processing instructions and white space outside the document element, up to a start tag or the end. */
  private readMisc(): void {
    for (;;) {
      this.skipWhiteSpace();
      if (this.isAtEnd()) return;
      const start = this.position;
      if (this.text.charCodeAt(start) !== LESS_THAN) {
        throw this.error(
          start,
          `text outside the document element begins with ${this.found()}; expected only comments, processing instructions and white space there`,
        );
      }
      const unit = this.text.charCodeAt(start + 1);
      if (unit === EXCLAMATION_MARK) {
        if (!this.text.startsWith("<!--", start)) throw this.declarationError(start);
        this.addComment();
      } else if (unit === QUESTION_MARK) {
        this.addProcessingInstruction();
      } else if (unit === SLASH) {
        throw this.error(
          start,
          `"</" without an open element; expected ${this.hasElement() ? "the end of the document" : "a start tag"}`,
        );
      } else {
        return;
      }
    }
  }

  /** One piece of content of the innermost open element, or its end tag. */
  private readContent(): void {
    const { text, position } = this;
    if (position >= text.length) throw this.unclosed();
    if (text.charCodeAt(position) !== LESS_THAN) return this.addText();
    switch (text.charCodeAt(position + 1)) {
      case SLASH:
        return this.readEndTag();
      case EXCLAMATION_MARK:
        if (text.startsWith("<!--", position)) return this.addComment();
        if (text.startsWith("<![CDATA[", position)) return this.addText();
        throw this.declarationError(position);
      case QUESTION_MARK:
        return this.addProcessingInstruction();
      default:
        this.readStartTag();
    }
  }

  /** Character data, references and CDATA sections up to other markup: one text node. */
  private addText(): void {
    const { text } = this;
    const start = this.position;
    let data = "";
    for (;;) {
      const from = this.position;
      const at = this.endOfPlainText(from);
      if (at > from) data = data === "" ? text.slice(from, at) : data + text.slice(from, at);
      this.position = at;
      if (at >= text.length) break;
      const unit = text.charCodeAt(at);
      if (unit === AMPERSAND) {
        data += readReference(this);
      } else if (unit === LESS_THAN) {
        if (text.charCodeAt(at + 1) !== EXCLAMATION_MARK || !text.startsWith("<![CDATA[", at)) break;
        data += readCDataSection(this);
      } else if (unit === RIGHT_BRACKET) {
        throw this.error(at, `"]]>" in character data; expected "]]&gt;"`);
      } else {
        throw this.characterError(at);
      }
    }
    if (data !== "") this.append(new XmlText(data, this.parent as XmlElement, start));
  }

  /** Goes over brackets that do not make `]]>`. */
  private endOfPlainText(from: number): number {
    const { text } = this;
    let at = runEnd(text, from, text.length, PLAIN_TEXT);
    while (at < text.length && text.charCodeAt(at) === RIGHT_BRACKET && !text.startsWith("]]>", at)) {
      at = runEnd(text, at + 1, text.length, PLAIN_TEXT);
    }
    return at;
  }

  private addComment(): void {
    const start = this.position;
    this.append(new XmlComment(readComment(this), this.parent, start));
  }

  private addProcessingInstruction(): void {
    const start = this.position;
    const { target, data } = readProcessingInstruction(this);
    this.append(new XmlProcessingInstruction(target, data, this.parent, start));
  }

  private readStartTag(): XmlElement {
    const { text, namespaces, openNames } = this;
    const start = this.position++;
    const name = this.readQualifiedName();
    if (name === undefined) {
      throw this.error(
        start,
        `"<" is followed by ${this.found()}; expected an element name (write "&lt;" for the character itself)`,
      );
    }
    openNames.push(name.text);
    if (openNames.length > this.limits.maxDepth) {
      throw this.limitError(start, `element ${quoted(name.text)} is nested ${openNames.length} deep`, "maxDepth");
    }
    this.readAttributes(name.text);
    const expanded = name.asElement(namespaces);
    if (expanded === undefined || name.prefix === "xmlns")
      throw this.error(start + 1, undeclaredPrefix("element", name));
    const element = new XmlElement(expanded, name.prefix, this.parent, namespaces.scope, start);
    if (!this.attributes.isEmpty) {
      (element as Growing<XmlElement>).attributes = this.attributes.resolve(element, namespaces, this);
    }
    this.append(element);
    this.parent = element;
    if (text.charCodeAt(this.position) === GREATER_THAN) {
      this.position++;
    } else {
      this.position += "/>".length;
      this.close();
    }
    return element;
  }

  /** Reads what follows an element's name up to `>` or `/>`; declares namespaces and collects the attributes. */
  private readAttributes(element: string): void {
    const { text } = this;
    this.attributes.clear();
    let written = 0;
    for (;;) {
      const spaced = this.skipWhiteSpace();
      const start = this.position;
      const unit = start < text.length ? text.charCodeAt(start) : 0;
      if (unit === GREATER_THAN || (unit === SLASH && text.charCodeAt(start + 1) === GREATER_THAN)) return;
      const name = this.readQualifiedName();
      if (name === undefined || !spaced) throw this.startTagError(start, element, spaced);
      if (++written > this.limits.maxAttributes) {
        throw this.limitError(start, `element ${quoted(element)} has ${written} attributes or more`, "maxAttributes");
      }
      this.readEqualsSign(name.text);
      const value = readAttributeValue(this, name.text);
      if (name.declares === undefined) this.attributes.add(name, value, start);
      else this.declareNamespace(name.declares, value, start);
    }
  }

  private readEqualsSign(attribute: string): void {
    this.skipWhiteSpace();
    if (this.isAtEnd() || this.text.charCodeAt(this.position) !== EQUALS_SIGN) {
      throw this.error(
        this.position,
        `attribute ${quoted(attribute)} is followed by ${this.found()}; expected "=" and a quoted value`,
      );
    }
    this.position++;
    this.skipWhiteSpace();
  }

  private declareNamespace(prefix: string, namespace: string, offset: number): void {
    if (namespace.length > this.limits.maxNameLength) {
      throw this.limitError(offset, `a namespace name has ${namespace.length} characters`, "maxNameLength");
    }
    const mistake = namespaceMistake(prefix, namespace);
    if (mistake !== undefined) throw this.error(offset, mistake);
    if (this.namespaces.declare(prefix, namespace, this.openNames.length)) return;
    throw this.error(offset, givenTwice(prefix === "" ? "xmlns" : `xmlns:${prefix}`));
  }

  private readEndTag(): void {
    const { text } = this;
    const start = this.position;
    const from = start + "</".length;
    const open = this.openNames[this.openNames.length - 1]!;
    let at = from + open.length;
    if (!text.startsWith(open, from) || text.charCodeAt(at) !== GREATER_THAN) {
      at = nameEnd(text, from);
      if (text.slice(from, at) !== open) throw this.mismatch(start, at, open);
      this.position = at;
      this.skipWhiteSpace();
      at = this.position;
      if (at >= text.length || text.charCodeAt(at) !== GREATER_THAN) {
        throw this.error(at, `the end tag ${quoted(`</${open}`)} is followed by ${this.found()}; expected ">"`);
      }
    }
    this.position = at + 1;
    this.close();
  }

  /** Ends the innermost open element; the position is behind its last `>`. */
  private close(): void {
    const element = this.parent as Growing<XmlElement>;
    element.endOffset = this.position;
    this.namespaces.leave(this.openNames.length);
    this.openNames.pop();
    this.parent = element.parent;
  }

  private append(child: XmlChildNode): void {
    const parent = this.parent as Growing<XmlElement>;
    // An array literal takes the space of one node; most elements have no more, and a growing array reserves 17.
    if (parent.children.length === 0) parent.children = [child];
    else (parent.children as XmlChildNode[]).push(child);
  }

  /** Reads a QName (Namespaces in XML 1.0, production [7]); undefined when no name comes next. */
  private readQualifiedName(): QualifiedName | undefined {
    const start = this.position;
    const text = this.readName();
    if (text === "") return undefined;
    const name = qualifiedName(text);
    if (name !== undefined) return name;
    throw this.error(
      start,
      `${quoted(text)} is not a qualified name; expected at most one colon, with a name before and behind it`,
    );
  }

  private hasElement(): boolean {
    return this.document.documentElement !== undefined;
  }

  /** For `<!` that begins neither a comment nor a CDATA section that may stand here. */
  private declarationError(offset: number): XmlSyntaxError {
    if (!this.text.startsWith("<!DOCTYPE", offset)) {
      const expected = this.openNames.length > 0 ? `"<!--" or "<![CDATA["` : `"<!--"`;
      return this.error(offset, `"<!" is followed by ${this.found(offset + 2)}; expected ${expected}`);
    }
    if (this.parent !== this.document || this.hasElement()) {
      return this.error(
        offset,
        `"<!DOCTYPE" inside or behind the document element; expected no document type declaration`,
      );
    }
    return this.error(offset, DOCTYPE_REFUSED, "xqbus:doctype-refused");
  }

  private startTagError(offset: number, element: string, spaced: boolean): XmlSyntaxError {
    const found = this.found(offset);
    if (offset >= this.text.length) {
      return this.error(offset, `the document ends inside the start tag of ${quoted(element)}; expected ">" or "/>"`);
    }
    const expected = spaced ? `an attribute, ">" or "/>"` : `white space, ">" or "/>"`;
    return this.error(offset, `${found} in the start tag of ${quoted(element)}; expected ${expected}`);
  }

  private mismatch(start: number, nameEnd: number, open: string): XmlSyntaxError {
    const closing = this.text.slice(start + "</".length, nameEnd);
    if (closing === "") {
      return this.error(start, `"</" is followed by ${this.found(nameEnd)}; expected ${quoted(`</${open}>`)}`);
    }
    return this.error(
      start,
      `element ${quoted(open)} is closed by ${quoted(`</${closing}>`)}; expected ${quoted(`</${open}>`)}`,
    );
  }

  private unclosed(): XmlSyntaxError {
    const open = this.openNames[this.openNames.length - 1]!;
    const { line, column } = positionAt(this.text, (this.parent as XmlElement).offset);
    return this.error(
      this.position,
      `the document ends inside element ${quoted(open)}, which begins at line ${line}, column ${column}; expected ${quoted(`</${open}>`)}`,
    );
  }
}
