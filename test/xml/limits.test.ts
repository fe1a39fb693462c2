import { describe, expect, it } from "vitest";
import { DEFAULT_XML_LIMITS, parseXml, XmlSyntaxError, type XmlLimits } from "../../src/xml/index.ts";

interface Row {
  readonly what: string;
  readonly limits: Partial<XmlLimits>;
  readonly within: string | Uint8Array;
  readonly beyond: string | Uint8Array;
  readonly message: string;
}

const ROWS: readonly Row[] = [
  {
    what: "bytes",
    limits: { maxBytes: 9 },
    within: Buffer.from("<a>é</a>"),
    beyond: Buffer.from("<a>éé</a>"),
    message: "1:1: the document has 11 bytes; the limit is 9 (raise it with the option limits.maxBytes)",
  },
  {
    what: "characters of a string",
    limits: { maxBytes: 9 },
    within: "<a>éé</a>",
    beyond: "<a>é😀</a>",
    message: "1:1: the document has 10 characters; the limit is 9 (raise it with the option limits.maxBytes)",
  },
  {
    what: "depth",
    limits: { maxDepth: 2 },
    within: "<a><b/><b></b></a>",
    beyond: "<a>\n<b><c/></b></a>",
    message: '2:4: element "c" is nested 3 deep; the limit is 2 (raise it with the option limits.maxDepth)',
  },
  {
    what: "attributes and declarations",
    limits: { maxAttributes: 2 },
    within: "<a xmlns='u' b='1'/>",
    beyond: "<a xmlns='u' b='1' c='2'/>",
    message:
      '1:20: element "a" has 3 attributes or more; the limit is 2 (raise it with the option limits.maxAttributes)',
  },
  {
    what: "a name",
    limits: { maxNameLength: 5 },
    within: "<xml:a/>",
    beyond: "<xml:ab/>",
    message: "1:2: a name has 6 characters; the limit is 5 (raise it with the option limits.maxNameLength)",
  },
  {
    what: "the name of an entity",
    limits: { maxNameLength: 3 },
    within: "<a>&amp;</a>",
    beyond: "<a>&quot;</a>",
    message: "1:5: a name has 4 characters; the limit is 3 (raise it with the option limits.maxNameLength)",
  },
  {
    what: "a namespace name",
    limits: { maxNameLength: 5 },
    within: "<a xmlns='uuuuu'/>",
    beyond: "<a xmlns='uuuuuu'/>",
    message: "1:4: a namespace name has 6 characters; the limit is 5 (raise it with the option limits.maxNameLength)",
  },
];

describe("a limit holds to the last unit:", () => {
  it.each(ROWS)("$what", ({ limits, within, beyond, message }) => {
    parseXml(within, { limits });
    const parse = (): unknown => parseXml(beyond, { limits });
    expect(parse).toThrow(XmlSyntaxError);
    expect(parse).toThrow(expect.objectContaining({ code: "xqbus:limit-exceeded", message: `document:${message}` }));
    parseXml(beyond, { limits: { maxDepth: Infinity } });
  });

  it.each([
    { what: "depth", xml: (n: number) => "<a>".repeat(n) + "</a>".repeat(n), limit: DEFAULT_XML_LIMITS.maxDepth },
    {
      what: "attributes",
      xml: (n: number) => `<a ${Array.from({ length: n }, (_, i) => `b${i}=''`).join(" ")}/>`,
      limit: DEFAULT_XML_LIMITS.maxAttributes,
    },
    { what: "name length", xml: (n: number) => `<${"a".repeat(n)}/>`, limit: DEFAULT_XML_LIMITS.maxNameLength },
    { what: "bytes", xml: (n: number) => "<a/>".padEnd(n), limit: DEFAULT_XML_LIMITS.maxBytes },
  ])("by default $what of $limit", ({ xml, limit }) => {
    parseXml(xml(limit));
    expect(() => parseXml(xml(limit + 1))).toThrow(expect.objectContaining({ code: "xqbus:limit-exceeded" }));
  });
});

describe("a limit that is none", () => {
  it.each([0, -1, 1.5, NaN, undefined, "9"])("as %s is refused", (maxDepth) => {
    expect(() => parseXml("<a/>", { limits: { maxDepth } as unknown as Partial<XmlLimits> })).toThrow(
      expect.objectContaining({
        code: "xqbus:illegal-argument",
        message: `limits.maxDepth is ${String(maxDepth)}; expected a whole number of at least 1, or Infinity`,
      }),
    );
  });
});

/** Each of these takes minutes where time grows with the square of the size. */
describe("a hostile document of the greatest size ends soon:", () => {
  const size = DEFAULT_XML_LIMITS.maxBytes;
  const fill = (piece: string, around = 0): string => piece.repeat(Math.floor((size - around) / piece.length));
  const element = (content: string): string => `<a>${content}</a>`;

  it.each([
    { what: "comments", xml: () => element(fill("<!---->", 7)), wellFormed: true },
    { what: "CDATA sections", xml: () => element(fill("<![CDATA[]]>", 7)), wellFormed: true },
    { what: "CDATA sections with text", xml: () => element(fill("<![CDATA[x]]>", 7)), wellFormed: true },
    { what: "processing instructions", xml: () => element(fill("<?b?>", 7)), wellFormed: true },
    { what: "references", xml: () => element(fill("&lt;", 7)), wellFormed: true },
    { what: "references in an attribute", xml: () => `<a b="${fill("&lt;", 20)}"/>`, wellFormed: true },
    { what: "line ends in an attribute", xml: () => `<a b="${fill("\n", 20)}"/>`, wellFormed: true },
    { what: "brackets", xml: () => element(fill("]", 7)), wellFormed: true },
    { what: "carriage returns", xml: () => element(fill("\r", 7)), wellFormed: true },
    { what: "a long reference", xml: () => element(`&#${fill("0", 20)}9;`), wellFormed: true },
    { what: "empty elements", xml: () => element(fill("<b/>", 7)), wellFormed: true },
    { what: "start tags", xml: () => fill("<a>"), wellFormed: false },
    { what: "less-than signs", xml: () => fill("<"), wellFormed: false },
    { what: "begun comments", xml: () => element(fill("<!--", 7)), wellFormed: false },
    { what: "begun CDATA sections", xml: () => element(fill("<![CDATA[", 7)), wellFormed: false },
    { what: "begun processing instructions", xml: () => element(fill("<?b ", 7)), wellFormed: false },
    { what: "a name", xml: () => `<${fill("a", 9)}/>`, wellFormed: false },
    { what: "a version", xml: () => `<?xml version="1.${fill("0", 99)}"?><a/>`, wellFormed: false },
    {
      what: "many declarations in force and ever other prefixes",
      xml: () => {
        const open = Array.from({ length: 199 }, (_, depth) => {
          const declarations = Array.from({ length: 50 }, (_, i) => `xmlns:p${depth}_${i}="u${depth}_${i}"`);
          return `<a ${declarations.join(" ")}>`;
        });
        const head = open.join("");
        const tail = "</a>".repeat(open.length);
        return head + fill("<p0_0:b xmlns:c='d'/><p9_9:b/>", head.length + tail.length) + tail;
      },
      wellFormed: true,
    },
    {
      what: "the most attributes on all elements",
      xml: () => element(fill(`<b ${Array.from({ length: 255 }, (_, i) => `b${i}=""`).join(" ")}/>`, 7)),
      wellFormed: true,
    },
    {
      what: "attributes in one long namespace under many prefixes",
      xml: () => {
        const declarations = Array.from({ length: 250 }, (_, i) => `xmlns:p${i}="${"u".repeat(1000)}${i}"`);
        const attributes = Array.from({ length: 250 }, (_, i) => `p${i}:b=""`);
        const head = `<a ${declarations.join(" ")}>`;
        return `${head}${fill(`<b ${attributes.join(" ")}/>`, head.length + 4)}</a>`;
      },
      wellFormed: true,
    },
  ])("$what", ({ xml, wellFormed }) => {
    const text = xml();
    expect(text.length).toBeGreaterThan(size * 0.99);
    if (wellFormed) parseXml(text);
    else expect(() => parseXml(text)).toThrow(XmlSyntaxError);
  });
});

describe("300 000 attributes", () => {
  const xml = `<a ${Array.from({ length: 300_000 }, (_, i) => `b${i}=""`).join(" ")}/>`;

  it("are refused at the first one too many", () => {
    expect(() => parseXml(xml)).toThrow(
      expect.objectContaining({
        code: "xqbus:limit-exceeded",
        reason:
          'element "a" has 257 attributes or more; the limit is 256 (raise it with the option limits.maxAttributes)',
      }),
    );
  });

  it("are read soon when the limit is lifted", () => {
    const limits = { maxAttributes: Infinity, maxBytes: Infinity };
    expect(parseXml(xml, { limits }).documentElement.attributes).toHaveLength(300_000);
    expect(() => parseXml(xml.replace("/>", ' b0=""/>'), { limits })).toThrow(XmlSyntaxError);
  });

  it("as namespace declarations are treated alike", () => {
    const declarations = xml.replaceAll(/b(\d+)=""/g, 'xmlns:b$1="u"');
    expect(() => parseXml(declarations)).toThrow(expect.objectContaining({ code: "xqbus:limit-exceeded" }));
    const limits = { maxAttributes: Infinity, maxBytes: Infinity };
    expect(parseXml(declarations, { limits }).documentElement.attributes).toEqual([]);
  });
});

describe("NULs are refused at the first one", () => {
  it.each([
    ["in a text", "<a>\0\0</a>", 4],
    ["in an attribute", "<a b='\0'/>", 7],
    ["in a name", "<a\0/>", 3],
    ["before a document", "\0<a/>", 1],
    ["behind a document", "<a/>\0", 5],
    ["alone", "\0".repeat(1000), 1],
  ])("%s", (_, xml, column) => {
    for (const input of [xml, Buffer.from(xml)]) {
      expect(() => parseXml(input)).toThrow(
        expect.objectContaining({ code: "xqbus:not-well-formed", line: 1, column }),
      );
    }
  });
});

describe("a document that is cut off", () => {
  it("is refused wherever it is cut", () => {
    const xml = `<?xml version="1.0"?><a xmlns:p="u" p:b="1&amp;2"><!--c--><?d e?><![CDATA[f]]>é😀&#65;</a>`;
    const bytes = Buffer.from(xml);
    const read = Array.from({ length: bytes.length }, (_, end) => bytes.subarray(0, end)).filter((cut) => {
      try {
        parseXml(cut);
        return true;
      } catch (error) {
        expect(error).toBeInstanceOf(XmlSyntaxError);
        return false;
      }
    });
    expect(read).toEqual([]);
  });
});
