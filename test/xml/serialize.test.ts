import { describe, expect, it } from "vitest";
import { childElements, parseXml, serializeXml } from "../../src/xml/index.ts";

describe("a document is written as it was read:", () => {
  it.each([
    "<a/>",
    "<a>1<b>2</b>3</a>",
    '<a b="1" c="&lt;&amp;&quot;&apos;&gt;&#9;&#10;&#13;"/>',
    "<a>&lt;&amp;&gt;'\"\t\n&#13;</a>",
    "<!--1--><?b c?><a><!-- 2 --><?d?></a><!--3-->",
    '<a xmlns="u"><b xmlns=""><c xmlns="u"/></b></a>',
    '<p:a xmlns:p="u" xmlns:q="v" xmlns="w" q:b="1" xml:lang="de"><p:c xmlns:p="x" p:d="2"/></p:a>',
    '<a xmlns:p="u"><b xmlns:p="u"/></a>',
    '<a xmlns="u&amp;&quot;"/>',
    "<a>😀\u{10ffff}é</a>",
  ])("%s", (xml) => {
    expect(serializeXml(parseXml(xml))).toBe(xml);
  });

  it("however deep it is", () => {
    const depth = 100_000;
    const xml = "<a>".repeat(depth - 1) + "<a/>" + "</a>".repeat(depth - 1);
    expect(serializeXml(parseXml(xml, { limits: { maxDepth: depth } }))).toBe(xml);
  });

  it("in the shortest form where there is a choice", () => {
    expect(serializeXml(parseXml("<?xml version='1.0'?>\n<a b = 'c'\n><![CDATA[<]]>&#65;<d></d ></a>\n"))).toBe(
      '<a b="c">&lt;A<d/></a>',
    );
  });

  it("with an XML declaration when asked", () => {
    expect(serializeXml(parseXml("<a/>"), { declaration: true })).toBe('<?xml version="1.0" encoding="UTF-8"?>\n<a/>');
    expect(serializeXml(parseXml("<a/>"), { declaration: true, pretty: true })).toBe(
      '<?xml version="1.0" encoding="UTF-8"?>\n<a/>',
    );
  });
});

describe("an element is written to stand alone", () => {
  it("with the declarations in force, each prefix once", () => {
    const { documentElement } = parseXml("<a xmlns='u' xmlns:p='v' xmlns:q='w'><b xmlns:p='x'><p:c/></b></a>");
    const [b] = childElements(documentElement);
    expect(serializeXml(b!)).toBe('<b xmlns="u" xmlns:q="w" xmlns:p="x"><p:c/></b>');
    expect(serializeXml(childElements(b!)[0]!)).toBe('<p:c xmlns="u" xmlns:q="w" xmlns:p="x"/>');
  });

  it("without what stands around it", () => {
    expect(serializeXml(parseXml("<!--1--><a/><!--2-->").documentElement)).toBe("<a/>");
  });
});

describe("a pretty document", () => {
  it.each([
    {
      what: "has two blanks per level",
      xml: "<a><b><c/></b><b/></a>",
      pretty: "<a>\n  <b>\n    <c/>\n  </b>\n  <b/>\n</a>",
    },
    {
      what: "gets other white space between elements replaced",
      xml: "<a>\n\n\t<b>x</b>    <c/></a>",
      pretty: "<a>\n  <b>x</b>\n  <c/>\n</a>",
    },
    {
      what: "keeps text as it is",
      xml: "<a><b> x </b><c> </c><d>\n</d></a>",
      pretty: "<a>\n  <b> x </b>\n  <c> </c>\n  <d>\n</d>\n</a>",
    },
    {
      what: "keeps mixed content as it is, with all below",
      xml: "<a><b>x<c><d/></c> <e/></b></a>",
      pretty: "<a>\n  <b>x<c><d/></c> <e/></b>\n</a>",
    },
    {
      what: "has comments and processing instructions on lines of their own",
      xml: "<!--1--><?p?><a><!--2--><b/><?q r?></a><!--3-->",
      pretty: "<!--1-->\n<?p?>\n<a>\n  <!--2-->\n  <b/>\n  <?q r?>\n</a>\n<!--3-->",
    },
    {
      what: "keeps an element with comments only",
      xml: "<a><b><!--1--></b></a>",
      pretty: "<a>\n  <b><!--1--></b>\n</a>",
    },
    {
      what: "keeps what is below xml:space preserve",
      xml: '<a><b xml:space="preserve"><c><d/></c></b><e><f/></e></a>',
      pretty: '<a>\n  <b xml:space="preserve"><c><d/></c></b>\n  <e>\n    <f/>\n  </e>\n</a>',
    },
    {
      what: "indents again below xml:space default",
      xml: '<a xml:space="preserve"><b xml:space="default"><c/></b></a>',
      pretty: '<a xml:space="preserve"><b xml:space="default">\n    <c/>\n  </b></a>',
    },
  ])("$what", ({ xml, pretty }) => {
    expect(serializeXml(parseXml(xml), { pretty: true })).toBe(pretty);
    expect(serializeXml(parseXml(pretty), { pretty: true })).toBe(pretty);
  });
});
