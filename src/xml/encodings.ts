import { isAscii, isUtf8 } from "node:buffer";

/** A character encoding that writes ASCII as ASCII, so that the XML declaration can be read before it is known. */
export interface Encoding {
  readonly name: string;
  /** The text; undefined when the bytes are not of this encoding. */
  decode(bytes: Buffer): string | undefined;
  /** Whether the first `length` bytes are legal, up to a character that they may cut. */
  acceptsPrefix(bytes: Buffer, length: number): boolean;
}

export const UTF_8: Encoding = {
  name: "UTF-8",
  decode: (bytes) => (isAscii(bytes) ? bytes.toString("latin1") : isUtf8(bytes) ? bytes.toString("utf8") : undefined),
  acceptsPrefix(bytes, length) {
    let end = length;
    while (end > 0 && end > length - 3 && (bytes[end]! & 0xc0) === 0x80) end--;
    return isUtf8(bytes.subarray(0, end));
  },
};

/** US-ASCII: 128 characters, not the superset that the Encoding Standard of browsers reads under that name. */
const US_ASCII: Encoding = {
  name: "US-ASCII",
  decode: (bytes) => (isAscii(bytes) ? bytes.toString("latin1") : undefined),
  acceptsPrefix: (bytes, length) => isAscii(bytes.subarray(0, length)),
};

/** ISO-8859-1: every byte is the code point of its character. */
const LATIN_1: Encoding = {
  name: "ISO-8859-1",
  decode: (bytes) => bytes.toString("latin1"),
  acceptsPrefix: () => true,
};

/** Bytes 0x80 to 0x9F of windows-1252; the five that it leaves open stand for themselves, as in the Encoding Standard. */
const WINDOWS_1252_HIGH =
  "\u20ac\x81\u201a\u0192\u201e\u2026\u2020\u2021\u02c6\u2030\u0160\u2039\u0152\x8d\u017d\x8f" +
  "\x90\u2018\u2019\u201c\u201d\u2022\u2013\u2014\u02dc\u2122\u0161\u203a\u0153\x9d\u017e\u0178";

/** Of our own, because some releases of Node.js read windows-1252 as ISO-8859-1. */
const WINDOWS_1252: Encoding = {
  name: "windows-1252",
  decode: (bytes) =>
    bytes.toString("latin1").replace(/[\x80-\x9f]/g, (c) => WINDOWS_1252_HIGH[c.charCodeAt(0) - 0x80]!),
  acceptsPrefix: () => true,
};

/** Names in lower case, out of the IANA register; what is not here is left to `TextDecoder`. */
const BY_NAME: ReadonlyMap<string, Encoding> = new Map([
  ...names(UTF_8, "utf-8", "utf8"),
  ...names(US_ASCII, "us-ascii", "ascii", "ansi_x3.4-1968", "iso646-us"),
  ...names(LATIN_1, "iso-8859-1", "iso_8859-1", "iso8859-1", "latin1", "l1"),
  ...names(WINDOWS_1252, "windows-1252", "cp1252"),
]);

/** Encodings that are no superset of ASCII: a document in one of them does not begin with the bytes of `<?xml`. */
const NOT_FOR_ASCII = /^(?:utf-?16|utf-?32|ucs|iso-10646|ebcdic|ibm037)/;

/** The encoding with this name, in any case; undefined when it is not supported. */
export function findEncoding(name: string): Encoding | undefined {
  const known = BY_NAME.get(name.toLowerCase());
  if (known !== undefined || isForeignToAscii(name)) return known;
  try {
    new TextDecoder(name, { fatal: true });
  } catch {
    return undefined;
  }
  return {
    name,
    decode: (bytes) => tryDecode(name, bytes, false),
    acceptsPrefix: (bytes, length) => tryDecode(name, bytes.subarray(0, length), true) !== undefined,
  };
}

/** Whether the name belongs to an encoding in which `<?xml` is written in other bytes than in ASCII. */
export function isForeignToAscii(name: string): boolean {
  return NOT_FOR_ASCII.test(name.toLowerCase());
}

/** The length of the longest beginning that the encoding accepts. */
export function validLength(bytes: Buffer, encoding: Encoding): number {
  let low = 0;
  let high = bytes.length;
  while (low < high) {
    const middle = (low + high + 1) >>> 1;
    if (encoding.acceptsPrefix(bytes, middle)) low = middle;
    else high = middle - 1;
  }
  return low;
}

function tryDecode(name: string, bytes: Buffer, stream: boolean): string | undefined {
  try {
    return new TextDecoder(name, { fatal: true }).decode(bytes, { stream });
  } catch {
    return undefined;
  }
}

function names(encoding: Encoding, ...list: readonly string[]): [string, Encoding][] {
  return list.map((name) => [name, encoding]);
}
