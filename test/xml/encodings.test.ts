import { describe, expect, it } from "vitest";
import { parseXml, stringValue, XmlSyntaxError } from "../../src/xml/index.ts";

const TEXT = "<a>é€😀</a>";

function utf16le(text: string): Buffer {
  return Buffer.from(text, "utf16le");
}

function utf16be(text: string): Buffer {
  return utf16le(text).swap16();
}

function declared(encoding: string, content: Uint8Array | string = ""): Buffer {
  return Buffer.concat([
    Buffer.from(`<?xml version="1.0" encoding="${encoding}"?>\n<a>`),
    Buffer.from(content as string),
    Buffer.from("</a>"),
  ]);
}

describe("bytes are decoded:", () => {
  it.each([
    { what: "UTF-8", bytes: Buffer.from(TEXT), text: "é€😀" },
    { what: "UTF-8 in a plain Uint8Array", bytes: new TextEncoder().encode(TEXT), text: "é€😀" },
    {
      what: "a part of a larger buffer",
      bytes: new Uint8Array(Buffer.from(`x${TEXT}x`)).subarray(1, -1),
      text: "é€😀",
    },
    { what: "UTF-8 with byte order mark", bytes: Buffer.from(`\ufeff${TEXT}`), text: "é€😀" },
    {
      what: "UTF-8 with byte order mark and declaration",
      bytes: Buffer.concat([Buffer.from("\ufeff"), declared("utf-8", "é")]),
      text: "é",
    },
    { what: "declared UTF-8", bytes: declared("utf8", "é€😀"), text: "é€😀" },
    { what: "a byte order mark inside", bytes: Buffer.from("<a>\ufeff</a>"), text: "\ufeff" },
    { what: "UTF-16LE with byte order mark", bytes: utf16le(`\ufeff${TEXT}`), text: "é€😀" },
    { what: "UTF-16BE with byte order mark", bytes: utf16be(`\ufeff${TEXT}`), text: "é€😀" },
    { what: "UTF-16LE found by <?", bytes: utf16le(`<?xml version="1.0" encoding="UTF-16LE"?>${TEXT}`), text: "é€😀" },
    { what: "UTF-16BE found by <?", bytes: utf16be(`<?xml version="1.0" encoding="utf-16"?>${TEXT}`), text: "é€😀" },
    { what: "UTF-16 found by a processing instruction", bytes: utf16le(`<?pi?>${TEXT}`), text: "é€😀" },
    { what: "US-ASCII", bytes: declared("US-ASCII", "abc"), text: "abc" },
    { what: "ISO-8859-1", bytes: declared("ISO-8859-1", Buffer.from([0xe9, 0x80, 0xff])), text: "é\x80ÿ" },
    {
      what: "windows-1252",
      bytes: declared("windows-1252", Buffer.from([0xe9, 0x80, 0x92, 0x81, 0x9f])),
      text: "é€’\x81Ÿ",
    },
    {
      what: "ISO-8859-15 with the help of the platform",
      bytes: declared("ISO-8859-15", Buffer.from([0xa4])),
      text: "€",
    },
    {
      what: "Shift_JIS with the help of the platform",
      bytes: declared("Shift_JIS", Buffer.from([0x83, 0x65])),
      text: "テ",
    },
    { what: "line ends of other encodings", bytes: utf16be("\ufeff<a>1\r\n2\r3</a>"), text: "1\n2\n3" },
  ])("$what", ({ bytes, text }) => {
    expect(stringValue(parseXml(bytes))).toBe(text);
  });
});

describe("a string", () => {
  it.each(["UTF-16", "ISO-8859-1", "x-unknown"])("is decoded already, although it declares %s", (encoding) => {
    expect(stringValue(parseXml(`<?xml version="1.0" encoding="${encoding}"?>${TEXT}`))).toBe("é€😀");
  });
});

describe("bytes that cannot be decoded are refused:", () => {
  const supported = "is not supported; expected UTF-8, UTF-16, ISO-8859-1, US-ASCII or windows-1252";
  const throughout = (name: string): string => `expected ${name} throughout, or a declaration of the true encoding`;

  it.each([
    {
      what: "ISO-8859-1 without declaration",
      bytes: Buffer.from("<a>\r\né\r\n  café</a>", "latin1"),
      code: "xqbus:not-well-formed",
      message: `document:2:1: the bytes from 0xE9 on are not UTF-8; ${throughout("UTF-8")}`,
    },
    {
      what: "a surrogate in UTF-8",
      bytes: Buffer.from([...Buffer.from("<a>é😀"), 0xed, 0xa0, 0x80, ...Buffer.from("</a>")]),
      code: "xqbus:not-well-formed",
      message: `document:1:7: the bytes from 0xED on are not UTF-8; ${throughout("UTF-8")}`,
    },
    {
      what: "an overlong character",
      bytes: Buffer.from([...Buffer.from("<a>"), 0xc0, 0xbc, ...Buffer.from("</a>")]),
      code: "xqbus:not-well-formed",
      message: `document:1:4: the bytes from 0xC0 on are not UTF-8; ${throughout("UTF-8")}`,
    },
    {
      what: "a cut character at the end",
      bytes: Buffer.from("<a>😀").subarray(0, -1),
      code: "xqbus:not-well-formed",
      message: `document:1:4: the bytes from 0xF0 on are not UTF-8; ${throughout("UTF-8")}`,
    },
    {
      what: "more than ASCII in US-ASCII",
      bytes: declared("us-ascii", "aé"),
      code: "xqbus:not-well-formed",
      message: `document:2:5: the bytes from 0xC3 on are not US-ASCII; ${throughout("US-ASCII")}`,
    },
    {
      what: "an unfinished character of Shift_JIS",
      bytes: declared("Shift_JIS", Buffer.from([0x83, 0x65, 0x83])),
      code: "xqbus:not-well-formed",
      message: `document:2:5: the bytes from 0x83 on are not Shift_JIS; ${throughout("Shift_JIS")}`,
    },
    {
      what: "half a character of UTF-16",
      bytes: Buffer.concat([utf16le("\ufeff<a/>"), Buffer.from([0x20])]),
      code: "xqbus:not-well-formed",
      message: "document:1:5: the document ends in the middle of a UTF-16 character",
    },
    {
      what: "a lone surrogate in UTF-16",
      bytes: utf16le("\ufeff<a>\ud800</a>"),
      code: "xqbus:not-well-formed",
      message:
        "document:1:4: the lone surrogate U+D800 is not allowed in a document; XML 1.0 allows TAB, LF, CR and the " +
        "characters from U+0020 on, without surrogates, U+FFFE and U+FFFF",
    },
    {
      what: "UTF-16 only by declaration",
      bytes: declared("UTF-16"),
      code: "xqbus:not-well-formed",
      message: 'document:1:31: the document declares the encoding "UTF-16" but is not encoded in it; expected "UTF-8"',
    },
    {
      what: "another encoding than the byte order mark's",
      bytes: Buffer.concat([Buffer.from("\ufeff"), declared("ISO-8859-1")]),
      code: "xqbus:not-well-formed",
      message:
        'document:1:31: the document declares the encoding "ISO-8859-1" but begins with the byte order mark of UTF-8; expected "UTF-8"',
    },
    {
      what: "UTF-16 that declares UTF-8",
      bytes: utf16be(`\ufeff<?xml version="1.0" encoding="UTF-8"?><a/>`),
      code: "xqbus:not-well-formed",
      message:
        'document:1:31: the document declares the encoding "UTF-8" but is encoded in UTF-16BE; expected "UTF-16"',
    },
    {
      what: "an encoding that nobody knows",
      bytes: declared("x-unknown"),
      code: "xqbus:unsupported-encoding",
      message: `document:1:31: the encoding "x-unknown" ${supported}`,
    },
    {
      what: "UTF-7",
      bytes: declared("UTF-7"),
      code: "xqbus:unsupported-encoding",
      message: `document:1:31: the encoding "UTF-7" ${supported}`,
    },
    ...[
      { what: "UTF-32BE", bytes: [0x00, 0x00, 0xfe, 0xff], encoding: "UTF-32" },
      { what: "UTF-32LE", bytes: [0xff, 0xfe, 0x00, 0x00], encoding: "UTF-32" },
      { what: "UTF-32BE without byte order mark", bytes: [0x00, 0x00, 0x00, 0x3c], encoding: "UTF-32" },
      { what: "UTF-32LE without byte order mark", bytes: [0x3c, 0x00, 0x00, 0x00], encoding: "UTF-32" },
      { what: "EBCDIC", bytes: [0x4c, 0x6f, 0xa7, 0x94], encoding: "EBCDIC" },
    ].map(({ what, bytes, encoding }) => ({
      what,
      bytes: Buffer.from(bytes),
      code: "xqbus:unsupported-encoding",
      message: `document:1:1: the encoding "${encoding}" ${supported}`,
    })),
  ])("$what", ({ bytes, code, message }) => {
    const parse = (): unknown => parseXml(bytes);
    expect(parse).toThrow(XmlSyntaxError);
    expect(parse).toThrow(expect.objectContaining({ code, message }));
  });

  it.each([
    { what: "nothing", input: undefined, type: "undefined" },
    { what: "null", input: null, type: "null" },
    { what: "a promise", input: Promise.resolve(""), type: "object" },
  ])("$what is no document", ({ input, type }) => {
    expect(() => parseXml(input as unknown as string)).toThrow(
      expect.objectContaining({
        code: "xqbus:illegal-argument",
        message: `the document is of type ${type}; expected bytes or a string`,
      }),
    );
  });
});
