import type { XmlElement } from "../../xml/index.ts";
import { XmlAttribute, childElements, parseXml, sameName, type XmlDocument } from "../../xml/index.ts";
import { allElements, type SampleElement, type SampleText } from "./sample-tree.ts";
import { writeSample } from "./write-sample.ts";

/** A document as text and tree, with what each node was made as. */
export interface WrittenSample {
  readonly text: string;
  readonly document: XmlDocument;
  /** The node that was written for an element. */
  nodeOf(element: SampleElement): XmlElement;
  /** The element that a node was written for. */
  elementOf(node: XmlElement): SampleElement;
  /** The text of an element that holds nothing else, or of an attribute. */
  textOf(node: XmlElement | XmlAttribute): SampleText | undefined;
}

/** Writes a document and reads it again; elements are paired by their order. */
export function writeAndRead(root: SampleElement): WrittenSample {
  const text = writeSample(root);
  const document = parseXml(text, { limits: UNLIMITED });
  const nodes = new Map<SampleElement, XmlElement>();
  const elements = new Map<XmlElement, SampleElement>();
  const inOrder = allNodes(document.documentElement);
  for (const element of allElements(root)) {
    const node = inOrder.next().value!;
    nodes.set(element, node);
    elements.set(node, element);
  }
  return {
    text,
    document,
    nodeOf: (element) => nodes.get(element)!,
    elementOf: (node) => elements.get(node)!,
    textOf: (node) => {
      if (node instanceof XmlAttribute) {
        return elements.get(node.parent)!.attributes.find(({ name }) => sameName(name, node.name))?.value;
      }
      const [only, ...others] = elements.get(node)!.content;
      return only?.kind === "text" && others.length === 0 ? only : undefined;
    },
  };
}

function* allNodes(element: XmlElement): Generator<XmlElement, undefined> {
  yield element;
  for (const child of childElements(element)) yield* allNodes(child);
  return undefined;
}

/** What we wrote ourselves is no danger. */
const UNLIMITED = { maxBytes: Infinity, maxDepth: Infinity, maxAttributes: Infinity, maxNameLength: Infinity };
