import { NodeType } from "../xml/index.ts";
import type {
  XmlAttribute,
  XmlChildNode,
  XmlComment,
  XmlDocument,
  XmlElement,
  XmlNode,
  XmlProcessingInstruction,
  XmlText,
} from "../xml/index.ts";

/** A node with children; the other kinds answer with "none" below. */
type Parent = XmlDocument | XmlElement;

const NO_CHILDREN: readonly XmlChildNode[] = [];
const NO_ATTRIBUTES: readonly XmlAttribute[] = [];

/** Elements with fewer children than this are searched; beyond it positions are kept, so that sibling axes stay linear. */
const INDEX_FROM_CHILDREN = 16;

/**
 * Shows the light tree to fontoxpath through its `IDomFacade` interface (fontoxpath 3.34, `domFacade` argument).
 * The interface's `bucket` arguments are hints and are not used.
 */
export class LightTreeFacade {
  readonly #positions = new WeakMap<Parent, Map<XmlChildNode, number>>();

  getAllAttributes(node: XmlElement): readonly XmlAttribute[] {
    return node.nodeType === NodeType.element ? node.attributes : NO_ATTRIBUTES;
  }

  /** Only `fn:lang` and `fn:id` ask, with the name as written: `xml:lang`, `id`. */
  getAttribute(node: XmlElement, attributeName: string): string | null {
    const found = node.attributes.find((a) => a.nodeName === attributeName);
    return found === undefined ? null : found.value;
  }

  getChildNodes(node: XmlNode): readonly XmlChildNode[] {
    return isParent(node) ? node.children : NO_CHILDREN;
  }

  getData(node: XmlAttribute | XmlText | XmlComment | XmlProcessingInstruction): string {
    return node.nodeType === NodeType.attribute ? node.value : node.data;
  }

  getFirstChild(node: XmlNode): XmlChildNode | null {
    return this.getChildNodes(node)[0] ?? null;
  }

  getLastChild(node: XmlNode): XmlChildNode | null {
    return this.getChildNodes(node).at(-1) ?? null;
  }

  getNextSibling(node: XmlNode): XmlChildNode | null {
    return this.#sibling(node, +1);
  }

  getPreviousSibling(node: XmlNode): XmlChildNode | null {
    return this.#sibling(node, -1);
  }

  getParentNode(node: XmlNode): Parent | null {
    return node.nodeType === NodeType.document ? null : node.parent;
  }

  #sibling(node: XmlNode, step: 1 | -1): XmlChildNode | null {
    if (node.nodeType === NodeType.document || node.nodeType === NodeType.attribute) return null;
    const position = this.#positionOf(node.parent, node);
    return (position + step < 0 ? undefined : node.parent.children[position + step]) ?? null;
  }

  #positionOf(parent: Parent, child: XmlChildNode): number {
    if (parent.children.length < INDEX_FROM_CHILDREN) return parent.children.indexOf(child);
    let positions = this.#positions.get(parent);
    if (positions === undefined) {
      positions = new Map(parent.children.map((node, position) => [node, position]));
      this.#positions.set(parent, positions);
    }
    return positions.get(child) ?? -1;
  }
}

function isParent(node: XmlNode): node is Parent {
  return node.nodeType === NodeType.element || node.nodeType === NodeType.document;
}
