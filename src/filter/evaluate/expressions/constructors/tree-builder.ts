import {
  XML_NAMESPACE,
  XmlAttribute,
  XmlComment,
  XmlDocument,
  XmlElement,
  XmlProcessingInstruction,
  XmlText,
  lookupNamespace,
  sameName,
  type ExpandedName,
  type NamespaceScope,
  type XmlChildNode,
  type XmlNode,
} from "../../../../xml/index.ts";
import { Holder } from "../../../values/parent-of.ts";
import { QueryError } from "../../../values/query-error.ts";
import type { Budget } from "../../budget.ts";

/** What a node is built into. */
export type Parent = XmlElement | XmlDocument;

/** What copied elements keep of their namespaces, and take from their new parent (XQuery 3.1, section 4.9). */
export interface CopyMode {
  readonly preserves: boolean;
  readonly inherits: boolean;
}

/** Nodes while they are built; afterwards nobody changes them. */
type Growing<N> = { -readonly [K in keyof N]: N[K] };

/**
 * Builds one tree of the light tree's nodes: those that a query constructs (XQuery 3.1, section 3.9). A tree whose root is no document
 * hangs in a {@link Holder}.
 */
export class TreeBuilder {
  readonly #budget: Budget;
  /** Places in document order; the root of the tree comes first. */
  #lastOffset = 0;

  constructor(budget: Budget) {
    this.#budget = budget;
  }

  holder(): Holder {
    return new Holder("");
  }

  document(): XmlDocument {
    this.#budget.hold(NODE_CELLS);
    return new XmlDocument("");
  }

  /** Begins an element; what it contains is added to it afterwards. */
  element(parent: Parent, name: ExpandedName, prefix: string, scope: NamespaceScope | undefined): XmlElement {
    this.#budget.hold(NODE_CELLS);
    const element = new XmlElement(name, prefix, parent, scope, ++this.#lastOffset);
    this.#append(parent, element);
    this.#declareFor(element, name, prefix);
    return element;
  }

  /** @throws QueryError XQDY0025 when the element has an attribute of this name */
  attribute(parent: Parent, name: ExpandedName, prefix: string, value: string): XmlAttribute {
    this.#budget.hold(NODE_CELLS + value.length / 8);
    if (!(parent instanceof XmlElement)) {
      const shown = prefix === "" && name.namespace !== "" ? prefixOf(name.namespace) : prefix;
      return new XmlAttribute(name, shown, value, parent as unknown as XmlElement, ++this.#lastOffset);
    }
    if (parent.attributes.some((attribute) => sameName(attribute.name, name))) {
      throw new QueryError("XQDY0025", `the element has two attributes called "${name.localName}"`);
    }
    const own = name.namespace === "" ? "" : this.#prefixFor(parent, name.namespace, prefix);
    const attribute = new XmlAttribute(name, own, value, parent, ++this.#lastOffset);
    const { attributes } = parent;
    (parent as Growing<XmlElement>).attributes = [...attributes, attribute];
    return attribute;
  }

  /** Adds to a text that is there already; nothing for the empty text, unless it stands alone. */
  text(parent: Parent, data: string): XmlText | undefined {
    this.#budget.hold(data.length / 8);
    const last = parent.children.at(-1);
    if (last instanceof XmlText) {
      (last as Growing<XmlText>).data += data;
      return last;
    }
    if (data === "" && !(parent instanceof Holder)) return undefined;
    this.#budget.hold(NODE_CELLS);
    const text = new XmlText(data, parent as XmlElement, ++this.#lastOffset);
    this.#append(parent, text);
    return text;
  }

  comment(parent: Parent, data: string): XmlComment {
    this.#budget.hold(NODE_CELLS + data.length / 8);
    const comment = new XmlComment(data, parent, ++this.#lastOffset);
    this.#append(parent, comment);
    return comment;
  }

  processingInstruction(parent: Parent, target: string, data: string): XmlProcessingInstruction {
    this.#budget.hold(NODE_CELLS + data.length / 8);
    const instruction = new XmlProcessingInstruction(target, data, parent, ++this.#lastOffset);
    this.#append(parent, instruction);
    return instruction;
  }

  /** Declares a namespace on an element that has no content yet. */
  declare(element: XmlElement, prefix: string, namespace: string): void {
    if (lookupNamespace(element, prefix) === namespace) return;
    (element as Growing<XmlElement>).namespaces = { prefix, namespace, outer: element.namespaces };
  }

  /** Copies a node with everything in it (section 3.9.1.3). A document gives its children. */
  copy(parent: Parent, node: XmlNode, mode: CopyMode): void {
    const inherited = mode.inherits && parent instanceof XmlElement ? parent.namespaces : undefined;
    this.#copy(parent, node, inherited, mode.preserves);
  }

  #copy(parent: Parent, node: XmlNode, inherited: NamespaceScope | undefined, preserves: boolean): void {
    if (node instanceof XmlText) this.text(parent, node.data);
    else if (node instanceof XmlComment) this.comment(parent, node.data);
    else if (node instanceof XmlProcessingInstruction) this.processingInstruction(parent, node.target, node.data);
    else if (node instanceof XmlAttribute) this.attribute(parent, node.name, node.prefix, node.value);
    else if (node instanceof XmlElement) this.#copyElement(parent, node, inherited, preserves);
    else for (const child of node.children) this.#copy(parent, child, inherited, preserves);
  }

  /** What was inherited before is among the element's own namespaces; from the new parent all descendants inherit the same. */
  #copyElement(parent: Parent, node: XmlElement, inherited: NamespaceScope | undefined, preserves: boolean): void {
    const element = this.element(parent, node.name, node.prefix, inherited);
    if (preserves) {
      for (const { prefix, namespace } of scopesOf(node.namespaces)) this.declare(element, prefix, namespace);
    }
    for (const { name, prefix, value } of node.attributes) this.attribute(element, name, prefix, value);
    for (const child of node.children) this.#copy(element, child, inherited, preserves);
  }

  #append(parent: Parent, node: XmlChildNode): void {
    const growing = parent as Growing<XmlElement>;
    // The children of a new node are shared by all nodes without children.
    if (growing.children.length === 0) growing.children = [node];
    else (growing.children as XmlChildNode[]).push(node);
    if (parent instanceof XmlDocument && node instanceof XmlElement) {
      (parent as Growing<XmlDocument>).documentElement ??= node;
    }
  }

  #declareFor(element: XmlElement, name: ExpandedName, prefix: string): void {
    const { parent } = element;
    const isHidden =
      prefix === "" && name.namespace === "" && parent instanceof XmlElement && lookupNamespace(parent, "") !== "";
    if (isHidden) (element as Growing<XmlElement>).namespaces = { prefix, namespace: "", outer: element.namespaces };
    else this.declare(element, prefix, name.namespace);
  }

  /** The wanted prefix, or another one where that stands for something else or there is none: attributes have no default namespace. */
  #prefixFor(element: XmlElement, namespace: string, wanted: string): string {
    if (namespace === XML_NAMESPACE) return "xml";
    const isFree = (prefix: string): boolean => {
      const bound = lookupNamespace(element, prefix);
      return prefix !== "" && (bound === undefined || bound === namespace);
    };
    let prefix = wanted;
    for (let number = 0; !isFree(prefix); number++) prefix = `ns${number}`;
    this.declare(element, prefix, namespace);
    return prefix;
  }
}

/** The prefix of an attribute that stands alone and needs one. */
function prefixOf(namespace: string): string {
  return namespace === XML_NAMESPACE ? "xml" : "ns0";
}

/** What a node costs beyond its text. */
const NODE_CELLS = 8;

/** The declarations in force, outermost first. */
function scopesOf(scope: NamespaceScope | undefined): readonly NamespaceScope[] {
  const scopes: NamespaceScope[] = [];
  for (let at = scope; at !== undefined; at = at.outer) scopes.unshift(at);
  return scopes;
}
