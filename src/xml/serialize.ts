import { escapeAttribute, escapeText } from "./escape.ts";
import { attributeValue } from "./tree.ts";
import { XML_NAMESPACE } from "./namespaces.ts";
import { XmlComment, XmlDocument, XmlElement, XmlText, type NamespaceScope, type XmlChildNode } from "./node.ts";

/** How a tree is written. */
export interface SerializeXmlOptions {
  /**
   * Two blanks per level where an element has nothing but elements, comments and processing instructions in it;
   * white space that was between them is replaced. Everything else stays as it is, also below xml:space="preserve".
   */
  readonly pretty?: boolean;
  /** Begin with `<?xml version="1.0" encoding="UTF-8"?>` and a line end. */
  readonly declaration?: boolean;
}

/**
 * Writes a document or an element as XML text. Unless `pretty` is set, reading the text gives the same tree; an element
 * comes with all namespace declarations in force, so that it can stand alone.
 */
export function serializeXml(node: XmlDocument | XmlElement, options: SerializeXmlOptions = {}): string {
  const writer = new Writer(options.pretty === true);
  if (node instanceof XmlElement) writer.writeTree([node]);
  else writer.writeTree(node.children);
  return (options.declaration === true ? DECLARATION : "") + writer.text;
}

const DECLARATION = `<?xml version="1.0" encoding="UTF-8"?>\n`;

/** An element whose content is being written. */
interface OpenElement {
  readonly element: XmlElement | undefined;
  readonly children: readonly XmlChildNode[];
  /** Of the next child. */
  index: number;
  /** Whether line ends and blanks go between the children; never below mixed content and xml:space="preserve". */
  readonly indented: boolean;
}

class Writer {
  text = "";
  private readonly pretty: boolean;
  // A stack of our own: the depth of a document may exceed what the call stack can take.
  private readonly open: OpenElement[] = [];

  constructor(pretty: boolean) {
    this.pretty = pretty;
  }

  writeTree(children: readonly XmlChildNode[]): void {
    this.open.push({ element: undefined, children, index: 0, indented: this.pretty });
    for (let top = this.open.at(-1); top !== undefined; top = this.open.at(-1)) {
      const child = top.children[top.index++];
      if (child === undefined) this.leave(top);
      else this.writeChild(child, top);
    }
  }

  private writeChild(child: XmlChildNode, parent: OpenElement): void {
    // In indented content a text is white space, which indentation replaces.
    if (parent.indented && child instanceof XmlText) return;
    if (parent.indented) this.breakLine(this.open.length - 1);
    if (child instanceof XmlText) this.text += escapeText(child.data);
    else if (child instanceof XmlComment) this.text += `<!--${child.data}-->`;
    else if (child instanceof XmlElement) this.enter(child, parent);
    else this.text += child.data === "" ? `<?${child.target}?>` : `<?${child.target} ${child.data}?>`;
  }

  private enter(element: XmlElement, parent: OpenElement): void {
    this.text += `<${element.nodeName}`;
    for (const { prefix, namespace } of declarationsOf(element, parent.element === undefined)) {
      this.text += ` ${prefix === "" ? "xmlns" : `xmlns:${prefix}`}="${escapeAttribute(namespace)}"`;
    }
    for (const attribute of element.attributes)
      this.text += ` ${attribute.nodeName}="${escapeAttribute(attribute.value)}"`;
    if (element.children.length === 0) {
      this.text += "/>";
      return;
    }
    this.text += ">";
    const indented = this.pretty && mayIndent(element, parent.indented) && isElementOnly(element);
    this.open.push({ element, children: element.children, index: 0, indented });
  }

  private leave(top: OpenElement): void {
    this.open.pop();
    if (top.element === undefined) return;
    if (top.indented) this.breakLine(this.open.length - 1);
    this.text += `</${top.element.nodeName}>`;
  }

  private breakLine(level: number): void {
    if (this.text !== "") this.text += "\n" + "  ".repeat(level);
  }
}

/** The declarations to write on an element, in document order: its own, or all in force when nothing is around it. */
function declarationsOf(element: XmlElement, standsAlone: boolean): NamespaceScope[] {
  const outer = standsAlone || element.parent instanceof XmlDocument ? undefined : element.parent.namespaces;
  const declarations: NamespaceScope[] = [];
  const prefixes = new Set<string>();
  for (let scope = element.namespaces; scope !== undefined && scope !== outer; scope = scope.outer) {
    if (prefixes.has(scope.prefix)) continue;
    prefixes.add(scope.prefix);
    declarations.push(scope);
  }
  return declarations.reverse();
}

function mayIndent(element: XmlElement, inherited: boolean): boolean {
  const space = attributeValue(element, "space", XML_NAMESPACE);
  return space === "preserve" ? false : space === "default" ? true : inherited;
}

function isElementOnly(element: XmlElement): boolean {
  return (
    element.children.some((child) => child instanceof XmlElement) &&
    element.children.every((child) => !(child instanceof XmlText) || isWhiteSpace(child.data))
  );
}

function isWhiteSpace(s: string): boolean {
  return !/[^ \t\n\r]/.test(s);
}
