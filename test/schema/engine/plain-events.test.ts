import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { PlainEvents } from "../../../src/schema/engine/plain-events.ts";
import type { Catalog } from "../../../src/schema/index.ts";
import { parseXml, XmlSyntaxError, type XmlDocument } from "../../../src/xml/index.ts";
import { EVENTS, catalogWith, xsd } from "../harness.ts";

const DECLARATION = `<?xml version="1.0" encoding="UTF-8"?>`;

/** The content of an event `A`, in the envelope as a maker writes it. */
function plain(content: string, declaration = ""): string {
  return `${declaration}<Event xmlns="${EVENTS}"><A>${content}</A></Event>`;
}

describe("an event that the engine judges alone", () => {
  const events = new PlainEvents(EVENTS, ["A", "Größe"], {});
  const includes = (text: string | Uint8Array): boolean => events.include(Buffer.from(text));

  it.each([
    ["without declaration", plain("x")],
    ["with declaration", plain("x", DECLARATION)],
    ["with a short declaration", plain("x", `<?xml version="1.0"?>`)],
    ["laid out", plain("x", `${DECLARATION}\r\n`).replaceAll(">", ">\n\t ")],
    ["with other characters than ASCII", plain("ä𐀀")],
    ["whose element has attributes", plain("x").replace("<A", `<A b="c"`)],
    ["that is empty", `<Event xmlns="${EVENTS}"><A/></Event>`],
  ])("is one %s", (_, text) => {
    expect(includes(text)).toBe(true);
  });

  it("may lie anywhere in its buffer", () => {
    const bytes = Buffer.from(`??${plain("x")}`);
    expect(events.include(new Uint8Array(bytes.buffer, bytes.byteOffset + 2, bytes.length - 2))).toBe(true);
  });

  it.each([
    ["has a DOCTYPE", `<!DOCTYPE Event>${plain("x")}`],
    ["has a DOCTYPE behind the declaration", plain("x", `${DECLARATION}<!DOCTYPE Event [<!ENTITY a "b">]>`)],
    ["has a comment in front", plain("x", "<!---->")],
    ["has another encoding", plain("x", `<?xml version="1.0" encoding="ISO-8859-1"?>`)],
    ["has a byte order mark", `\ufeff${plain("x")}`],
    ["is UTF-16", Buffer.from(plain("x"), "utf16le")],
    ["is not UTF-8", Buffer.from(plain("ä"), "latin1")],
    ["has a surrogate encoded like a character", Buffer.from(plain("\xed\xa0\x80"), "latin1")],
    ["has another root", plain("x").replaceAll("Event", "Envelope")],
    ["is in another namespace", plain("x").replace("/Events", "/events")],
    ["has more in the root's start tag", plain("x").replace("><A>", ` a="b"><A>`)],
    ["has a prefix", plain("x").replaceAll("Event", "e:Event")],
    ["has another element", plain("x").replaceAll("A>", "B>")],
    ["has an element whose name only begins like one", plain("x").replaceAll("A>", "AB>")],
    ["has a name of other characters than ASCII", plain("x").replaceAll("A>", "Größe>")],
    ["has a comment before the event", plain("x").replace("><A>", "><!----><A>")],
    ["ends in its beginning", plain("x").slice(0, 45)],
    ["is empty", ""],
  ])("is not one that %s", (_, text) => {
    expect(includes(text)).toBe(false);
  });

  it("is too small for any limit", () => {
    const sized = (bytes: number): string => plain("x".repeat(bytes - plain("").length));
    for (const [limits, most] of [
      [{}, 1024],
      [{ maxBytes: 500 }, 500],
      [{ maxNameLength: 501 }, 501],
      [{ maxAttributes: 100 }, 500],
      [{ maxDepth: 100 }, 700],
      [{ maxBytes: Infinity, maxNameLength: Infinity, maxAttributes: Infinity, maxDepth: 256 }, 1792],
    ] as const) {
      const limited = new PlainEvents(EVENTS, ["A"], limits);
      expect(limited.include(Buffer.from(sized(most))), `${most} bytes`).toBe(true);
      expect(limited.include(Buffer.from(sized(most + 1))), `${most + 1} bytes`).toBe(false);
    }
  });
});

/** What a parser may get wrong, and what it must get right. */
const PIECES: readonly string[] = [
  ..."\0\x01\t\r\n\x1f\x7f\x85\u2028\ufeff\ufffe\uffff",
  ..."<>&;'\"/=!?:-[]x ",
  ...["ä", "\u{10000}", "\u{10ffff}", "]]>", "]]", "--", "&#0;", "&#x1;", "&#9;", "&#xFFFE;", "&#x110000;", "&#xD800;"],
  ...["&#x00000000041;", "&#;", "&#x;", "&amp;", "&lt", "&unknown;", "&amp ;", "&#99999999999999999999;", "%a;"],
  ...[
    "<!DOCTYPE a>",
    `<!ENTITY a "b">`,
    "<![CDATA[<&]]>",
    "<![CDATA[]]",
    "<![cdata[]]>",
    "<!-- a -->",
    "<!-- a -- b -->",
  ],
  ...[
    "<!--->",
    "<!---->",
    "<!----->",
    "<!-- -",
    "<?a?>",
    "<?a b?>",
    "<?a ??>",
    "<??>",
    "<? a?>",
    "<?xml version='1.0'?>",
  ],
  ...["<?XML a?>", "<?xml-a b?>", "<?a:b c?>", "<?a", "<b/>", "<b></b>", "<b>", "</b>", "<b / >", "< b/>", "<b></b >"],
  ...["</ b>", "<b c='1' d=\"2\"/>", "<b c='1'd='2'/>", "<b c=1/>", "<b c/>", "<b c='<'/>", "<b c='&lt;&#10;'/>"],
  ...[
    "<b c='1' c='2'/>",
    "<b c = '1'/>",
    "<p:b/>",
    "<p:b xmlns:p='urn:p'/>",
    "<b p:c=''/>",
    "<b xmlns:p=''/>",
    "<:b/>",
  ],
  ...[
    "<b:/>",
    "<p:b:c xmlns:p='urn:p'/>",
    "<xmlns:b/>",
    "<xml:b/>",
    "<b xmlns:xml='urn:x'/>",
    "<b xmlns:xmlns='urn:x'/>",
  ],
  ...["<b xmlns:xml='http://www.w3.org/XML/1998/namespace'/>", "<b xmlns:x='http://www.w3.org/XML/1998/namespace'/>"],
  ...[
    "<b xmlns='http://www.w3.org/2000/xmlns/'/>",
    "<b xmlns='http://www.w3.org/XML/1998/namespace'/>",
    "<b xmlns=''/>",
  ],
  ...[
    "<b xmlns:p='urn:p' xmlns:q='urn:p' p:c='' q:c=''/>",
    "<b xmlns:p='urn:p' xmlns:p='urn:q'/>",
    "<b xmlns:p='a b'/>",
  ],
  ...[
    "<b xmlns:p='../p'/>",
    "<b xmlns:p='%'/>",
    "<b xml:space='c'/>",
    "<b xml:lang='-'/>",
    "<b xml:id='1'/>",
    "<b xml:id='i'/>",
  ],
  ...[
    "<b xmlns:xsi='http://www.w3.org/2001/XMLSchema-instance' xsi:nil='true'/>",
    "<ä/>",
    "<\u{10000}/>",
    "<b\u00b7/>",
  ],
  ...[
    "<\u00b7b/>",
    "<b\u0300/>",
    "<\u0300b/>",
    "<-b/>",
    "<1/>",
    "<b.-1/>",
    "<\u037e/>",
    "<\u2070/>",
    "<\u3001/>",
    "<\ufdd0/>",
  ],
  ...["<b\u203f/>", "<\u0131/>", "<\u0221/>", "<b c='\t\r\n'/>", "<b c='&#13;'/>", "<b c='\0'/>", "<b c=']]>'/>"],
  ...["</A>", "</A></Event>", "<A/>", "</Event>", `<Event xmlns="${EVENTS}">`, DECLARATION],
];

describe("judging by bytes alone", () => {
  /** Its event takes everything that is well-formed. */
  let lax: Catalog;
  beforeAll(async () => {
    const anything =
      `<xs:element name="A"><xs:complexType mixed="true"><xs:sequence>` +
      `<xs:any processContents="skip" minOccurs="0" maxOccurs="unbounded"/></xs:sequence>` +
      `<xs:anyAttribute processContents="skip"/></xs:complexType></xs:element>`;
    lax = await catalogWith({ "A.xsd": xsd(anything) });
  });

  /** What the catalog says when it reads the light tree first. */
  function problemsOfTree(bytes: Uint8Array): unknown {
    let tree: XmlDocument;
    try {
      tree = parseXml(bytes);
    } catch (error) {
      if (!(error instanceof XmlSyntaxError)) throw error;
      const { code, line, column } = error;
      return [expect.objectContaining({ path: "/", code, line, column })];
    }
    return lax.validate(tree);
  }

  it.each(PIECES)("gives the answer that the light tree gives, around %j", (piece) => {
    for (const text of [
      plain(piece),
      plain(`x${piece}y`),
      plain(`<c>${piece}</c>`),
      plain("").replace("<A>", `<A a="${piece}">`),
    ])
      for (const bytes of [Buffer.from(text), Buffer.from(text + piece)])
        expect(lax.validate(bytes), text).toEqual(problemsOfTree(bytes));
  });

  it("gives that answer for any mixture of pieces and bytes", () => {
    const bytesOf = fc.oneof(
      { weight: 4, arbitrary: fc.constantFrom(...PIECES).map((piece) => Buffer.from(piece)) },
      { weight: 1, arbitrary: fc.uint8Array({ maxLength: 3 }).map((bytes) => Buffer.from(bytes)) },
    );
    const content = fc.array(bytesOf, { maxLength: 6 }).map((parts) => Buffer.concat(parts));
    const [before, behind] = plain("\n").split("\n") as [string, string];
    fc.assert(
      fc.property(content, (middle) => {
        const bytes = Buffer.concat([Buffer.from(before), middle, Buffer.from(behind)]);
        expect(lax.validate(bytes)).toEqual(problemsOfTree(bytes));
      }),
      { numRuns: process.env["XQBUS_FULL"] === "1" ? 1_000_000 : 5_000 },
    );
  });
});
