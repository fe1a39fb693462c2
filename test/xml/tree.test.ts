import { describe, expect, it } from "vitest";
import {
  attributeValue,
  childElements,
  documentOf,
  lookupNamespace,
  NodeType,
  parseXml,
  stringValue,
  XML_NAMESPACE,
  type XmlElement,
  type XmlNode,
} from "../../src/xml/index.ts";

const document = parseXml(
  "<!--0--><p:a xmlns:p='u' xmlns='v' b='1' p:b='2'>1<c>2<d>3</d><?e 4?></c><!--5-->6<f/><g xmlns='' xmlns:p='w'/></p:a>",
);
const a = document.documentElement;
const [c, f, g] = childElements(a) as [XmlElement, XmlElement, XmlElement];

describe("a tree is read:", () => {
  it("the document of every node", () => {
    const nodes: XmlNode[] = [document, a, a.attributes[0]!, c, c.children[0]!, document.children[0]!];
    expect(new Set(nodes.map(documentOf))).toEqual(new Set([document]));
  });

  it.each<[string, XmlNode, string]>([
    ["a document", document, "1236"],
    ["an element with elements", a, "1236"],
    ["an element with text", childElements(c)[0]!, "3"],
    ["an empty element", f, ""],
    ["an attribute", a.attributes[1]!, "2"],
    ["a text", a.children[0]!, "1"],
    ["a comment", document.children[0]!, "0"],
    ["a processing instruction", c.children[2]!, "4"],
  ])("the string value of %s", (_, node, value) => {
    expect(stringValue(node)).toBe(value);
  });

  it("the child elements", () => {
    expect(childElements(a).map(({ localName }) => localName)).toEqual(["c", "f", "g"]);
    expect(childElements(document)).toEqual([a]);
    expect(childElements(f)).toEqual([]);
  });

  it("an attribute's value by expanded name", () => {
    expect([
      attributeValue(a, "b"),
      attributeValue(a, "b", "u"),
      attributeValue(a, "b", "v"),
      attributeValue(a, "c"),
    ]).toEqual(["1", "2", undefined, undefined]);
  });

  it.each([
    { what: "a prefix", element: a, prefix: "p", namespace: "u" },
    { what: "the default namespace", element: c, prefix: "", namespace: "v" },
    { what: "a prefix declared anew", element: g, prefix: "p", namespace: "w" },
    { what: "a default namespace taken away", element: g, prefix: "", namespace: "" },
    {
      what: "a default namespace never declared",
      element: parseXml("<a/>").documentElement,
      prefix: "",
      namespace: "",
    },
    { what: "a prefix never declared", element: a, prefix: "q", namespace: undefined },
    { what: "xml", element: a, prefix: "xml", namespace: XML_NAMESPACE },
    { what: "xmlns", element: a, prefix: "xmlns", namespace: "http://www.w3.org/2000/xmlns/" },
  ])("the namespace of $what", ({ element, prefix, namespace }) => {
    expect(lookupNamespace(element, prefix)).toBe(namespace);
  });

  it("with the DOM's names for what a node is", () => {
    const row = (node: XmlNode): unknown[] => [
      node.nodeType,
      node.nodeName,
      ...("localName" in node ? [node.localName, node.prefix, node.namespaceURI] : []),
    ];
    expect(
      [document, a, a.attributes[0]!, a.attributes[1]!, g, c.children[0]!, c.children[2]!, document.children[0]!].map(
        row,
      ),
    ).toEqual([
      [NodeType.document, "#document"],
      [NodeType.element, "p:a", "a", "p", "u"],
      [NodeType.attribute, "b", "b", "", null],
      [NodeType.attribute, "p:b", "b", "p", "u"],
      [NodeType.element, "g", "g", "", null],
      [NodeType.text, "#text"],
      [NodeType.processingInstruction, "e"],
      [NodeType.comment, "#comment"],
    ]);
  });

  it("however deep it is", () => {
    const depth = 100_000;
    const deep = parseXml(`${"<a>1".repeat(depth)}${"2</a>".repeat(depth)}`, { limits: { maxDepth: depth } });
    expect(stringValue(deep)).toBe("1".repeat(depth) + "2".repeat(depth));
  });
});
