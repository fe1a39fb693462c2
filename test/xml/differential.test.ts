import fc from "fast-check";
import { XmlDocument } from "libxml2-wasm";
import { describe, expect, it } from "vitest";
import { parseXml, XmlSyntaxError } from "../../src/xml/index.ts";
import { isFairForLibxml2, libxml2, parseWithLibxml2, saxes, slimdom } from "./oracles.ts";
import { plainTree, type PlainNode } from "./plain-tree.ts";
import { damagedBytes, damagedDocument, encodedDocument, randomDocument } from "./random-documents.ts";

const FACTOR = process.env["XQBUS_FULL"] === "1" ? 50 : 1;

/** In the names of the tests; XQBUS_SEED gives the same documents again. */
const SEED = Number(process.env["XQBUS_SEED"] ?? Math.trunc(Math.random() * 2 ** 31));

const TIMEOUT_MS = 60_000 * FACTOR;

function parse(xml: string | Uint8Array): readonly PlainNode[] | undefined {
  try {
    return plainTree(parseXml(xml));
  } catch (error) {
    if (error instanceof XmlSyntaxError) return undefined;
    throw error;
  }
}

/**
 * libxml2 passes over an encoding declaration where a byte order mark, or the NULs of UTF-16, have told the encoding, although a
 * document in another encoding than it declares is a fatal error (XML 1.0, section 4.3.3).
 */
function declaresAnotherEncoding(bytes: Uint8Array): boolean {
  const [, encoding] = /^[^<]{0,3}<\?xml\s[^>]*encoding\s*=\s*["']([^"']*)/.exec(asciiIn(bytes)) ?? [];
  const start = latin1Of(bytes.subarray(0, 3));
  if (encoding === undefined) return false;
  if (start === "\xef\xbb\xbf") return !/^utf-?8$/i.test(encoding);
  return /[\0\xff\xfe]/.test(start) && !/^utf-16(le|be)?$/i.test(encoding);
}

/** The ASCII characters of a text in any encoding that has them. */
function asciiIn(bytes: Uint8Array): string {
  return latin1Of(bytes).replaceAll("\0", "");
}

function latin1Of(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("latin1");
}

describe.each([saxes, slimdom, libxml2])("the parser agrees with $name", (oracle) => {
  it.each([
    { kind: "random documents", documents: randomDocument, numRuns: 800 * FACTOR, seed: SEED },
    { kind: "damaged documents", documents: damagedDocument, numRuns: 1200 * FACTOR, seed: SEED },
  ])(
    "about $numRuns $kind: the same are well-formed, with the same tree (XQBUS_SEED=$seed)",
    ({ documents, numRuns, seed }) => {
      fc.assert(
        fc.property(documents, (xml) => {
          fc.pre(oracle.isFair(xml));
          expect(parse(xml)).toEqual(oracle.parse(xml));
        }),
        { numRuns, seed },
      );
    },
    TIMEOUT_MS,
  );
});

describe("the parser agrees with libxml2 about bytes", () => {
  it.each([
    { kind: "documents in several encodings", documents: encodedDocument, numRuns: 800 * FACTOR, seed: SEED },
    { kind: "damaged ones", documents: damagedBytes, numRuns: 1200 * FACTOR, seed: SEED },
  ])(
    "of $numRuns $kind: the same are well-formed, with the same tree (XQBUS_SEED=$seed)",
    ({ documents, numRuns, seed }) => {
      fc.assert(
        fc.property(documents, (bytes) => {
          fc.pre(isFairForLibxml2(asciiIn(bytes)) && !declaresAnotherEncoding(bytes));
          expect(parse(bytes)).toEqual(parseWithLibxml2(() => XmlDocument.fromBuffer(bytes)));
        }),
        { numRuns, seed },
      );
    },
    TIMEOUT_MS,
  );
});

describe("what the other parsers get wrong is refused:", () => {
  it.each(["<?a?b?><a/>", "<p:1 xmlns:p='u'/>", "<p:-a xmlns:p='u'/>"])("%s", (xml) => {
    expect(parse(xml)).toBeUndefined();
    expect(saxes.parse(xml)).toBeDefined();
  });

  it("the version 1.", () => {
    expect(parse("<?xml version='1.'?><a/>")).toBeUndefined();
    expect(libxml2.parse("<?xml version='1.'?><a/>")).toBeDefined();
  });

  it.each([
    ["the byte order mark's", Buffer.from('\ufeff<?xml version="1.0" encoding="ISO-8859-1"?><a/>')],
    ["the one it is in", Buffer.from('<?xml version="1.0" encoding="TF-16LE"?><a/>', "utf16le")],
  ])("another encoding declared than %s", (_, bytes) => {
    expect(parse(bytes)).toBeUndefined();
    expect(parseWithLibxml2(() => XmlDocument.fromBuffer(bytes))).toBeDefined();
  });
});

describe("what libxml2 refuses and the standard allows is read:", () => {
  it("a namespace name that is no URI", () => {
    expect(parse("<a xmlns='>'/>")).toBeDefined();
    expect(libxml2.parse("<a xmlns='>'/>")).toBeUndefined();
  });
});
