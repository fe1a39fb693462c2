import { isUint8Array } from "node:util/types";
import { XqbusError } from "../errors.ts";
import { findEncoding, isForeignToAscii, UTF_8, validLength, type Encoding } from "./encodings.ts";
import type { XmlLimits } from "./limits.ts";
import { quoted } from "./quoted.ts";
import { Scanner } from "./scanner.ts";
import type { XmlSyntaxError } from "./syntax-error.ts";
import { readXmlDeclaration, type DeclaredEncoding } from "./xml-declaration.ts";

/**
 * Turns a document into text (XML 1.0, sections 2.11 and 4.3.3 and appendix F): finds the encoding from the byte order
 * mark, the first bytes and the XML declaration, decodes strictly, and normalises line ends to LF.
 *
 * Encodings: UTF-8, UTF-16 (with byte order mark, or beginning with `<?`), US-ASCII, ISO-8859-1, windows-1252, and what
 * else `TextDecoder` knows. A string is decoded already, so what its declaration says about the encoding is ignored.
 *
 * @returns a scanner that stands behind the XML declaration
 * @throws XmlSyntaxError `xqbus:limit-exceeded`, `xqbus:unsupported-encoding`, `xqbus:not-well-formed`
 */
export function decodeXml(input: Uint8Array | string, limits: XmlLimits, source: string | undefined): Scanner {
  const opener = new Opener(limits, source);
  if (typeof input === "string") {
    opener.assertSize(input.length, "characters");
    return opener.open(input.startsWith("\ufeff") ? input.slice(1) : input).scanner;
  }
  if (!isUint8Array(input)) {
    const found = input === null ? "null" : typeof input;
    throw new XqbusError("xqbus:illegal-argument", `the document is of type ${found}; expected bytes or a string`);
  }
  opener.assertSize(input.length, "bytes");
  const bytes = Buffer.isBuffer(input) ? input : Buffer.from(input.buffer, input.byteOffset, input.byteLength);
  return opener.openBytes(bytes);
}

/** What the first bytes of a document tell (XML 1.0, appendix F.1). Longer signatures come first. */
const SIGNATURES: readonly { readonly bytes: readonly number[]; readonly encoding: string; readonly mark: number }[] = [
  { bytes: [0x00, 0x00, 0xfe, 0xff], encoding: "UTF-32", mark: 4 },
  { bytes: [0xff, 0xfe, 0x00, 0x00], encoding: "UTF-32", mark: 4 },
  { bytes: [0x00, 0x00, 0x00, 0x3c], encoding: "UTF-32", mark: 0 },
  { bytes: [0x3c, 0x00, 0x00, 0x00], encoding: "UTF-32", mark: 0 },
  { bytes: [0x4c, 0x6f, 0xa7, 0x94], encoding: "EBCDIC", mark: 0 },
  { bytes: [0x00, 0x3c, 0x00, 0x3f], encoding: "UTF-16BE", mark: 0 },
  { bytes: [0x3c, 0x00, 0x3f, 0x00], encoding: "UTF-16LE", mark: 0 },
  { bytes: [0xfe, 0xff], encoding: "UTF-16BE", mark: 2 },
  { bytes: [0xff, 0xfe], encoding: "UTF-16LE", mark: 2 },
  { bytes: [0xef, 0xbb, 0xbf], encoding: "UTF-8", mark: 3 },
];

/** Names for UTF-16 of either byte order, in upper case. */
const UTF_16_NAMES: readonly string[] = ["UTF-16", "ISO-10646-UCS-2"];

/** A text whose XML declaration has been read. */
interface Opened {
  readonly scanner: Scanner;
  readonly declared: DeclaredEncoding | undefined;
}

class Opener {
  private readonly limits: XmlLimits;
  private readonly source: string | undefined;

  constructor(limits: XmlLimits, source: string | undefined) {
    this.limits = limits;
    this.source = source;
  }

  assertSize(size: number, unit: string): void {
    if (size > this.limits.maxBytes) throw this.scan("").limitError(0, `the document has ${size} ${unit}`, "maxBytes");
  }

  open(text: string): Opened {
    const scanner = this.scan(text);
    return { scanner, declared: readXmlDeclaration(scanner) };
  }

  openBytes(bytes: Buffer): Scanner {
    // Nearly every document begins with "<" and another character of ASCII, which no signature has.
    const plain = bytes[0] === 0x3c && bytes[1] !== 0;
    const signature = plain ? undefined : SIGNATURES.find((s) => s.bytes.every((byte, at) => byte === bytes[at]));
    if (signature === undefined) return this.openDeclared(bytes, false);
    switch (signature.encoding) {
      case "UTF-8":
        return this.openDeclared(bytes.subarray(signature.mark), true);
      case "UTF-16LE":
      case "UTF-16BE":
        return this.openUtf16(bytes.subarray(signature.mark), signature.encoding);
      default:
        throw unsupported(this.scan(""), 0, signature.encoding);
    }
  }

  /** For encodings that write the XML declaration in the bytes of ASCII. */
  private openDeclared(bytes: Buffer, hasByteOrderMark: boolean): Scanner {
    const utf8 = UTF_8.decode(bytes);
    const { scanner, declared } = this.open(utf8 ?? bytes.toString("latin1"));
    const encoding = declared === undefined ? UTF_8 : findEncoding(declared.name);
    if (declared === undefined || encoding === UTF_8) {
      if (utf8 === undefined) throw this.undecodable(bytes, UTF_8);
      return scanner;
    }
    const { name, offset } = declared;
    if (hasByteOrderMark || isForeignToAscii(name)) {
      const actual = hasByteOrderMark ? "begins with the byte order mark of UTF-8" : "is not encoded in it";
      throw scanner.error(offset, `the document declares the encoding ${quoted(name)} but ${actual}; expected "UTF-8"`);
    }
    if (encoding === undefined) throw unsupported(scanner, offset, name);
    const text = encoding.decode(bytes);
    if (text === undefined) throw this.undecodable(bytes, encoding);
    return this.open(text).scanner;
  }

  private openUtf16(bytes: Buffer, encoding: "UTF-16LE" | "UTF-16BE"): Scanner {
    const even = bytes.subarray(0, bytes.length & ~1);
    const text = encoding === "UTF-16LE" ? even.toString("utf16le") : Buffer.from(even).swap16().toString("utf16le");
    const { scanner, declared } = this.open(text);
    if (declared !== undefined && ![encoding, ...UTF_16_NAMES].includes(declared.name.toUpperCase())) {
      throw scanner.error(
        declared.offset,
        `the document declares the encoding ${quoted(declared.name)} but is encoded in ${encoding}; expected "UTF-16"`,
      );
    }
    if (even.length < bytes.length) {
      throw scanner.error(scanner.text.length, "the document ends in the middle of a UTF-16 character");
    }
    return scanner;
  }

  private scan(text: string): Scanner {
    const normalized = text.includes("\r") ? text.replace(/\r\n?/g, "\n") : text;
    return new Scanner(normalized, this.limits, this.source);
  }

  private undecodable(bytes: Buffer, encoding: Encoding): XmlSyntaxError {
    const length = validLength(bytes, encoding);
    // An encoding that cuts characters may accept more bytes than make whole characters.
    let whole = length;
    while (whole > 0 && encoding.decode(bytes.subarray(0, whole)) === undefined) whole--;
    const scanner = this.scan(encoding.decode(bytes.subarray(0, whole)) ?? "");
    const byte = `0x${bytes[whole]!.toString(16).toUpperCase().padStart(2, "0")}`;
    return scanner.error(
      scanner.text.length,
      `the bytes from ${byte} on are not ${encoding.name}; expected ${encoding.name} throughout, or a declaration of the true encoding`,
    );
  }
}

function unsupported(scanner: Scanner, offset: number, encoding: string): XmlSyntaxError {
  const reason = `the encoding ${quoted(encoding)} is not supported; expected UTF-8, UTF-16, ISO-8859-1, US-ASCII or windows-1252`;
  return scanner.error(offset, reason, "xqbus:unsupported-encoding");
}
