import { escapeAttribute, escapeText, parseXml } from "../xml/index.ts";
import type { XmlElement } from "../xml/index.ts";

/** A node that a query constructs (`<a>{…}</a>`, `element a {…}`); only the engine sees it. */
export type ConstructedNode = ConstructedElement | ConstructedLeaf;

/** An attribute, text, comment or processing instruction. */
export class ConstructedLeaf {
  readonly nodeType: number;
  readonly nodeName: string;
  data: string;

  constructor(nodeType: number, nodeName: string, data: string) {
    this.nodeType = nodeType;
    this.nodeName = nodeName;
    this.data = data;
  }

  toXml(): string {
    switch (this.nodeType) {
      case 7:
        return `<?${this.nodeName} ${this.data}?>`;
      case 8:
        return `<!--${this.data}-->`;
      default:
        return escapeText(this.data);
    }
  }
}

export class ConstructedElement {
  readonly nodeType = 1 as const;
  readonly namespace: string;
  readonly nodeName: string;
  readonly children: ConstructedNode[] = [];
  readonly attributes: { readonly namespace: string; readonly name: string; readonly value: string }[] = [];

  constructor(namespace: string, nodeName: string) {
    this.namespace = namespace;
    this.nodeName = nodeName;
  }

  /** The element of a new light-tree document. */
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
    for (const { namespace, name, value } of this.attributes) {
      if (namespace !== "") declare(name, namespace);
      attributes += ` ${name}="${escapeAttribute(value)}"`;
    }
    const content = this.children.map((c) => (c instanceof ConstructedElement ? c.toXml(inner) : c.toXml())).join("");
    return `<${this.nodeName}${declarations}${attributes}>${content}</${this.nodeName}>`;
  }
}

const XMLNS = "http://www.w3.org/2000/xmlns/";

/** The factory and writer through which fontoxpath builds the nodes that a query constructs (`INodesFactory`, `IDocumentWriter`). */
export class ConstructedNodes {
  createElementNS(namespace: string | null, name: string): ConstructedElement {
    return new ConstructedElement(namespace ?? "", name);
  }

  createAttributeNS(_namespace: string | null, name: string): ConstructedLeaf {
    return new ConstructedLeaf(2, name, "");
  }

  createTextNode(data: string): ConstructedLeaf {
    return new ConstructedLeaf(3, "#text", data);
  }

  createCDATASection(data: string): ConstructedLeaf {
    return this.createTextNode(data);
  }

  createComment(data: string): ConstructedLeaf {
    return new ConstructedLeaf(8, "#comment", data);
  }

  createProcessingInstruction(target: string, data: string): ConstructedLeaf {
    return new ConstructedLeaf(7, target, data);
  }

  insertBefore(parent: ConstructedElement, node: ConstructedNode, reference: ConstructedNode | null): void {
    const position = reference === null ? parent.children.length : parent.children.indexOf(reference);
    parent.children.splice(position, 0, node);
  }

  removeChild(parent: ConstructedElement, child: ConstructedNode): void {
    parent.children.splice(parent.children.indexOf(child), 1);
  }

  setAttributeNS(element: ConstructedElement, namespace: string | null, name: string, value: string): void {
    // Declarations are written where names need them.
    if (namespace !== XMLNS) element.attributes.push({ namespace: namespace ?? "", name, value });
  }

  removeAttributeNS(element: ConstructedElement, namespace: string | null, name: string): void {
    const position = element.attributes.findIndex(
      (a) => a.namespace === (namespace ?? "") && a.name.slice(prefixOf(a.name).length).replace(/^:/, "") === name,
    );
    if (position >= 0) element.attributes.splice(position, 1);
  }

  setData(node: ConstructedLeaf, data: string): void {
    node.data = data;
  }
}

function prefixOf(name: string): string {
  const colon = name.indexOf(":");
  return colon < 0 ? "" : name.slice(0, colon);
}
