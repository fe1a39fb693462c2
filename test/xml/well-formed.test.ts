import { describe, expect, it } from "vitest";
import { parseXml, positionOf, type XmlElement } from "../../src/xml/index.ts";
import { plainTree, type PlainNode } from "./plain-tree.ts";

function element(
  name: string,
  attributes: Readonly<Record<string, string>> = {},
  ...children: readonly PlainNode[]
): PlainNode {
  return { name, attributes, children };
}

interface Row {
  readonly what: string;
  readonly xml: string;
  readonly tree: readonly PlainNode[];
}

const ROWS: readonly Row[] = [
  { what: "an empty element", xml: "<a/>", tree: [element("a")] },
  { what: "an element without content", xml: "<a></a>", tree: [element("a")] },
  {
    what: "white space in tags",
    xml: "<a\n\tb = '1'\r\nc\n=\n\"2\" ></a\t\n>",
    tree: [element("a", { b: "1", c: "2" })],
  },
  { what: "a blank before />", xml: "<a />", tree: [element("a")] },
  {
    what: "nested elements",
    xml: "<a><b><c/></b><b/></a>",
    tree: [element("a", {}, element("b", {}, element("c")), element("b"))],
  },
  {
    what: "mixed content in order",
    xml: "<a>1<b>2</b>3</a>",
    tree: [element("a", {}, "1", element("b", {}, "2"), "3")],
  },
  { what: "the five entities", xml: "<a>&lt;&gt;&amp;&apos;&quot;</a>", tree: [element("a", {}, `<>&'"`)] },
  {
    what: "character references",
    xml: "<a b='&#x41;&#066;&#x1F600;'>&#0000000000000000000065;&#xD;&#xe9;&#x10FFFF;</a>",
    tree: [element("a", { b: "AB😀" }, "A\ré\u{10ffff}")],
  },
  { what: "an ampersand that is no reference twice", xml: "<a>&amp;lt;</a>", tree: [element("a", {}, "&lt;")] },
  {
    what: "text, references and CDATA sections as one text",
    xml: "<a>1<![CDATA[<2>&amp;]]>&#51;<![CDATA[]]><![CDATA[]]]]><![CDATA[>]]>4</a>",
    tree: [element("a", {}, "1<2>&amp;3]]>4")],
  },
  { what: "an empty CDATA section as nothing", xml: "<a><![CDATA[]]></a>", tree: [element("a")] },
  { what: "single and double brackets", xml: "<a>]]]] ]&gt; ]] > ]</a>", tree: [element("a", {}, "]]]] ]> ]] > ]")] },
  {
    what: "a quote in the other quotes",
    xml: `<a b='"' c="'" d='>'/>`,
    tree: [element("a", { b: '"', c: "'", d: ">" })],
  },
  { what: "line ends as LF", xml: "<a>1\r\n2\r3\n4\r\r\n</a>", tree: [element("a", {}, "1\n2\n3\n4\n\n")] },
  {
    what: "white space of attribute values as blanks, referenced white space as it is",
    xml: "<a b='1\r\n2\t3\n4  5' c='&#9;&#10;&#13;&#32;'/>",
    tree: [element("a", { b: "1 2 3 4  5", c: "\t\n\r " })],
  },
  {
    what: "comments and processing instructions, also outside the document element",
    xml: "<!--1--><?a?>\n<a><!-- - --><?b \t c d ?><?e ??></a><!----> <?f <g>&h;?>\n",
    tree: [
      { comment: "1" },
      { target: "a", data: "" },
      element("a", {}, { comment: " - " }, { target: "b", data: "c d " }, { target: "e", data: "?" }),
      { comment: "" },
      { target: "f", data: "<g>&h;" },
    ],
  },
  {
    what: "a text on each side of a comment",
    xml: "<a>1<!---->2</a>",
    tree: [element("a", {}, "1", { comment: "" }, "2")],
  },
  { what: "an XML declaration", xml: "<?xml version='1.0'?><a/>", tree: [element("a")] },
  {
    what: "a complete XML declaration with white space",
    xml: '<?xml\n version = "1.0"\tencoding\n= "Utf-8" standalone=\'no\' ?>\r\n<a/>',
    tree: [element("a")],
  },
  { what: "version 1.1 as 1.0", xml: "<?xml version='1.1'?><a>\x85\u2028</a>", tree: [element("a", {}, "\x85\u2028")] },
  {
    what: "a processing instruction that begins with xml",
    xml: "<?xml-stylesheet a?><a/>",
    tree: [{ target: "xml-stylesheet", data: "a" }, element("a")],
  },
  { what: "a byte order mark before a string", xml: "\ufeff<a/>", tree: [element("a")] },
  {
    what: "names of the fifth edition",
    xml: "<é·-.1_ \u{10000}ﷰ\u200c='1'><ⰀͿ/></é·-.1_>",
    tree: [element("é·-.1_", { "\u{10000}ﷰ\u200c": "1" }, element("ⰀͿ"))],
  },
  {
    what: "C1 controls, noncharacters and private use",
    xml: "<a>\x7f\x80\x9f\ufdd0\u{1ffff}\ue000</a>",
    tree: [element("a", {}, "\x7f\x80\x9f\ufdd0\u{1ffff}\ue000")],
  },
  {
    what: "the default namespace for elements only",
    xml: "<a xmlns='u' b='1'><c/><d xmlns=''><e/></d><c/></a>",
    tree: [element("{u}a", { b: "1" }, element("{u}c"), element("d", {}, element("e")), element("{u}c"))],
  },
  {
    what: "prefixes, declared behind their use and declared anew",
    xml: "<p:a p:b='1' xmlns:p='u'><p:c xmlns:p='v'><p:d/></p:c><p:c/></p:a>",
    tree: [element("{u}a", { "{u}b": "1" }, element("{v}c", {}, element("{v}d")), element("{u}c"))],
  },
  {
    what: "the prefix xml, undeclared and declared",
    xml: "<a xml:lang='de'><b xmlns:xml='http://www.w3.org/XML/1998/namespace' xml:space='default'/></a>",
    tree: [
      element(
        "a",
        { "{http://www.w3.org/XML/1998/namespace}lang": "de" },
        element("b", { "{http://www.w3.org/XML/1998/namespace}space": "default" }),
      ),
    ],
  },
  {
    what: "the same local name in several namespaces",
    xml: "<a b='1' p:b='2' q:b='3' xmlns:p='u' xmlns:q='v' xmlns='u'/>",
    tree: [element("{u}a", { b: "1", "{u}b": "2", "{v}b": "3" })],
  },
  { what: "an element called xmlns", xml: "<xmlns/>", tree: [element("xmlns")] },
  { what: "a namespace name with references", xml: "<a xmlns='&#x75;&amp;'/>", tree: [element("{u&}a")] },
  {
    what: "twenty attributes",
    xml: `<a ${Array.from({ length: 20 }, (_, i) => `b${i}='${i}'`).join(" ")}/>`,
    tree: [element("a", Object.fromEntries(Array.from({ length: 20 }, (_, i) => [`b${i}`, String(i)])))],
  },
  {
    what: "names like members of Object",
    xml: "<__proto__ constructor='1'/>",
    tree: [element("__proto__", { constructor: "1" })],
  },
];

describe("a well-formed document is read:", () => {
  it.each(ROWS)("$what", ({ xml, tree }) => {
    expect(plainTree(parseXml(xml))).toEqual(tree);
    expect(plainTree(parseXml(Buffer.from(xml)))).toEqual(tree);
  });
});

describe("a node knows its place", () => {
  const source = '<!--c-->\r\n<a x="1"\r\n  y="😀">text<![CDATA[!]]>\r\n  <b/>\n</a >\n<?pi?>';
  const document = parseXml(source);
  const a = document.documentElement;
  const b = a.children[1] as XmlElement;

  it.each([
    { what: "the document", node: document, line: 1, column: 1, at: "<!--c" },
    { what: "a comment", node: document.children[0]!, line: 1, column: 1, at: "<!--c" },
    { what: "an element", node: a, line: 2, column: 1, at: "<a x" },
    { what: "an attribute", node: a.attributes[0]!, line: 2, column: 4, at: "x=" },
    { what: "an attribute on the next line", node: a.attributes[1]!, line: 3, column: 3, at: "y=" },
    { what: "a text", node: a.children[0]!, line: 3, column: 10, at: "text" },
    { what: "an element behind text", node: b, line: 4, column: 3, at: "<b" },
    { what: "a processing instruction", node: document.children[2]!, line: 6, column: 1, at: "<?pi" },
  ])("$what", ({ node, line, column, at }) => {
    expect(positionOf(node)).toEqual({ line, column, offset: document.source.indexOf(at) });
  });

  it("and an element knows where it ends", () => {
    expect(document.source.slice(a.offset, a.endOffset)).toBe('<a x="1"\n  y="😀">text<![CDATA[!]]>\n  <b/>\n</a >');
    expect(document.source.slice(b.offset, b.endOffset)).toBe("<b/>");
  });
});

describe("a document", () => {
  it("gives equal names one object, also across documents", () => {
    const [first, second] = ["<a xmlns='u'/>", "<p:a xmlns:p='u'/>"].map((xml) => parseXml(xml).documentElement.name);
    expect(second).toBe(first);
  });

  it("links children and attributes to their parents", () => {
    const { documentElement, children } = parseXml("<!--1--><a b='2'><c>3</c></a>");
    expect(children.map((child) => child.parent)).toEqual([documentElement.parent, documentElement.parent]);
    expect(documentElement.attributes[0]?.parent).toBe(documentElement);
    expect(documentElement.children[0]?.parent).toBe(documentElement);
  });
});
