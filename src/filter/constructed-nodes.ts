import { escapeAttribute, escapeText, NodeType, parseXml, XMLNS_NAMESPACE } from "../xml/index.ts";
import type { XmlElement } from "../xml/index.ts";

/** A node that a query constructs (`<a>{…}</a>`, `element a {…}`); only the engine sees it. */
export type ConstructedNode = ConstructedElement | ConstructedLeaf;

/** An attribute, text, comment or processing instruction. */
export class ConstructedLeaf {
  readonly nodeType: number;
  readonly nodeName: string;
  readonly namespace: string;
  data: string;

  constructor(nodeType: number, nodeName: string, data: string, namespace: string = "") {
    this.nodeType = nodeType;
    this.nodeName = nodeName;
    this.data = data;
    this.namespace = namespace;
  }

  /** The engine gives attributes their value through the DOM's property. */
  set value(value: string) {
    this.data = value;
  }

  toXml(): string {
    switch (this.nodeType) {
      case NodeType.processingInstruction:
        return `<?${this.nodeName} ${this.data}?>`;
      case NodeType.comment:
        return `<!--${this.data}-->`;
      default:
        return escapeText(this.data);
    }
  }
}

export class ConstructedElement {
  readonly nodeType: typeof NodeType.element = NodeType.element;
  readonly namespace: string;
  readonly nodeName: string;
  readonly children: ConstructedNode[] = [];
  readonly attributes: ConstructedLeaf[] = [];

  constructor(namespace: string, nodeName: string) {
    this.namespace = namespace;
    this.nodeName = nodeName;
  }

  /** The DOM's merging of adjacent texts; writing the element does it, and the engine counts children as it made them. */
  normalize(): void {}

  /**
   * The document element of a new document.
   *
   * @throws XqbusError when XML cannot hold the content (`--` in a comment), XmlSyntaxError when it is deeper than the limits
   */
  toElement(): XmlElement {
    return parseXml(this.toXml(new Map())).documentElement;
  }

  toXml(scope: ReadonlyMap<string, string>): string {
    const inner = new Map(scope);
    let declarations = "";
    const declare = (name: string, namespace: string): void => {
      const prefix = prefixOf(name);
      if (prefix === "xml" || (inner.get(prefix) ?? "") === namespace) return;
      inner.set(prefix, namespace);
      declarations += ` xmlns${prefix === "" ? "" : `:${prefix}`}="${escapeAttribute(namespace)}"`;
    };
    declare(this.nodeName, this.namespace);
    let attributes = "";
    for (const { namespace, nodeName, data } of this.attributes) {
      if (namespace !== "") declare(nodeName, namespace);
      attributes += ` ${nodeName}="${escapeAttribute(data)}"`;
    }
    const content = this.children.map((c) => (c instanceof ConstructedElement ? c.toXml(inner) : c.toXml())).join("");
    return `<${this.nodeName}${declarations}${attributes}>${content}</${this.nodeName}>`;
  }
}

/**
 * The factory and writer through which fontoxpath builds the nodes that a query constructs (its `INodesFactory` and
 * `IDocumentWriter`, without what only updates of documents need).
 */
export class ConstructedNodes {
  createElementNS(namespace: string | null, name: string): ConstructedElement {
    return new ConstructedElement(namespace ?? "", name);
  }

  createAttributeNS(namespace: string | null, name: string): ConstructedLeaf {
    return new ConstructedLeaf(NodeType.attribute, name, "", namespace ?? "");
  }

  createTextNode(data: string): ConstructedLeaf {
    return new ConstructedLeaf(NodeType.text, "#text", data);
  }

  createComment(data: string): ConstructedLeaf {
    return new ConstructedLeaf(NodeType.comment, "#comment", data);
  }

  createProcessingInstruction(target: string, data: string): ConstructedLeaf {
    return new ConstructedLeaf(NodeType.processingInstruction, target, data);
  }

  /** Children arrive in order. */
  insertBefore(parent: ConstructedElement, node: ConstructedNode): void {
    parent.children.push(node);
  }

  setAttributeNS(element: ConstructedElement, namespace: string | null, name: string, value: string): void {
    // Declarations are written where names need them.
    if (namespace === XMLNS_NAMESPACE) return;
    element.attributes.push(new ConstructedLeaf(NodeType.attribute, name, value, namespace ?? ""));
  }
}

function prefixOf(name: string): string {
  const colon = name.indexOf(":");
  return colon < 0 ? "" : name.slice(0, colon);
}
