import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  childElements,
  escapeAttribute,
  escapeText,
  parseXml,
  serializeXml,
  XmlSyntaxError,
  type XmlDocument,
} from "../../src/xml/index.ts";
import { exactTree, plainNode, plainTree } from "./plain-tree.ts";
import { damagedDocument, randomDocument } from "./random-documents.ts";

/** The random document; nothing when its namespaces are not right. */
function parseOrNothing(xml: string): XmlDocument | undefined {
  try {
    return parseXml(xml);
  } catch (error) {
    if (error instanceof XmlSyntaxError) return undefined;
    throw error;
  }
}

describe("whatever document is read", () => {
  it("it is the same after writing and reading it again", () => {
    fc.assert(
      fc.property(randomDocument, (xml) => {
        const document = parseOrNothing(xml);
        fc.pre(document !== undefined);
        const written = serializeXml(document);
        const again = parseXml(written);
        expect(plainTree(again)).toEqual(plainTree(document));
        expect(exactTree(again.documentElement)).toEqual(exactTree(document.documentElement));
        expect(serializeXml(again)).toBe(written);
      }),
    );
  });

  it("each of its elements is the same when written alone", () => {
    fc.assert(
      fc.property(randomDocument, (xml) => {
        const document = parseOrNothing(xml);
        fc.pre(document !== undefined);
        for (const element of childElements(document.documentElement)) {
          expect(plainTree(parseXml(serializeXml(element)))).toEqual([plainNode(element)]);
        }
      }),
    );
  });

  it("its bytes give what its string gives, in every encoding", () => {
    fc.assert(
      fc.property(randomDocument, (xml) => {
        const document = parseOrNothing(xml);
        fc.pre(document !== undefined && !xml.includes("encoding"));
        const utf16 = Buffer.from(`\ufeff${xml}`, "utf16le");
        for (const bytes of [Buffer.from(xml), Buffer.from(`\ufeff${xml}`), utf16, Buffer.from(utf16).swap16()]) {
          expect(plainTree(parseXml(bytes))).toEqual(plainTree(document));
        }
      }),
    );
  });

  it("its nodes lie where they say", () => {
    fc.assert(
      fc.property(randomDocument, (xml) => {
        const document = parseOrNothing(xml);
        fc.pre(document !== undefined);
        for (const element of childElements(document.documentElement)) {
          const text = document.source.slice(element.offset, element.endOffset);
          expect(text.startsWith(`<${element.nodeName}`) && text.endsWith(">")).toBe(true);
          for (const attribute of element.attributes) {
            expect(document.source.startsWith(attribute.nodeName, attribute.offset)).toBe(true);
          }
        }
      }),
    );
  });

  it("pretty printing it twice changes nothing more", () => {
    fc.assert(
      fc.property(randomDocument, (xml) => {
        const document = parseOrNothing(xml);
        fc.pre(document !== undefined);
        const pretty = serializeXml(document, { pretty: true });
        expect(serializeXml(parseXml(pretty), { pretty: true })).toBe(pretty);
      }),
    );
  });
});

describe("whatever comes", () => {
  const markup = fc
    .array(fc.constantFrom(..."<>/?!-[]&;#x'\"= \n:ab1", "CDATA", "xml", "xmlns", "<!--", "-->"), { maxLength: 30 })
    .map((pieces) => Buffer.from(pieces.join("")));
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 100 }),
    markup,
    damagedDocument.map((xml) => Buffer.from(xml)),
  );
  const start = fc.constantFrom(
    [],
    [0xef, 0xbb, 0xbf],
    [0xff, 0xfe],
    [0xfe, 0xff],
    [0x3c, 0x00, 0x3f, 0x00],
    [...Buffer.from("<?xml version='1.0' encoding='ISO-8859-1'?>")],
    [...Buffer.from("<?xml version='1.0' encoding='Shift_JIS'?><a>")],
    [...Buffer.from("<?xml version='1.0' encoding='")],
  );

  it("bytes end in a document or in an XmlSyntaxError within them", () => {
    fc.assert(
      fc.property(start, bytes, (head, tail) => {
        const input = Buffer.concat([Buffer.from(head), tail]);
        try {
          parseXml(input);
        } catch (error) {
          if (!(error instanceof XmlSyntaxError)) throw error;
          expect(error.offset).toBeGreaterThanOrEqual(0);
          expect(error.offset).toBeLessThanOrEqual(input.length);
          expect(error.message).toBe(`document:${error.line}:${error.column}: ${error.reason}`);
        }
      }),
      { numRuns: 5000 },
    );
  });

  it("strings end in a document or in an XmlSyntaxError", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: "binary" }), damagedDocument), (xml) => {
        parseOrNothing(xml);
        parseOrNothing(`<a>${xml}</a>`);
      }),
      { numRuns: 2000 },
    );
  });

  it("a string that XML can hold is the same after escaping and reading it", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (s) => {
        const legal = s.replaceAll(/[^\t\n\r\x20-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, "\r");
        const { documentElement } = parseXml(
          `<a b="${escapeAttribute(legal)}" c='${escapeAttribute(legal)}'>x${escapeText(legal)}</a>`,
        );
        expect(documentElement.attributes.map(({ value }) => value)).toEqual([legal, legal]);
        expect(plainTree(parseXml(serializeXml(documentElement)))).toEqual([
          { name: "a", attributes: { b: legal, c: legal }, children: [`x${legal}`] },
        ]);
      }),
    );
  });
});
