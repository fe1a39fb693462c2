import { XqbusError } from "../errors.ts";

/**
 * Characters and names of XML 1.0 (Fifth Edition), productions [2] Char, [4] NameStartChar, [4a] NameChar, [5] Name,
 * and of Namespaces in XML 1.0, production [4] NCName.
 */

/** Bits of {@link ASCII_CLASSES}. */
const NAME_START = 1;
const NAME = 2;
/** Characters that XML allows at all. */
export const ALLOWED = 4;
/** Characters that character data can run over without a closer look: all but `<`, `&` and `]`. */
export const PLAIN_TEXT = 8;
/** The same for attribute values: all but `<`, `&`, both quotes, TAB and LF. */
export const PLAIN_VALUE = 16;

const ASCII_CLASSES = classifyAscii();

/** Offset of the first character between `from` and `end` that is not in the class (a bit from above), else `end`. */
export function runEnd(text: string, from: number, end: number, characterClass: number): number {
  let at = from;
  while (at < end) {
    const unit = text.charCodeAt(at);
    if (unit < 0x80) {
      if ((ASCII_CLASSES[unit]! & characterClass) === 0) return at;
      at++;
    } else if (unit < 0xd800 || (unit >= 0xe000 && unit < 0xfffe)) {
      at++;
    } else if (isSurrogatePair(text, at)) {
      at += 2;
    } else {
      return at;
    }
  }
  return at;
}

/** Offset behind the Name that begins at `from`; `from` itself when none begins there. */
export function nameEnd(text: string, from: number): number {
  const end = text.length;
  let at = from;
  let characterClass = NAME_START;
  while (at < end) {
    const unit = text.charCodeAt(at);
    if (unit < 0x80) {
      if ((ASCII_CLASSES[unit]! & characterClass) === 0) return at;
      at++;
    } else {
      const codePoint = text.codePointAt(at)!;
      if (!isNonAsciiNameStart(codePoint) && (at === from || !isNonAsciiNameOnly(codePoint))) return at;
      at += codePoint > 0xffff ? 2 : 1;
    }
    characterClass = NAME;
  }
  return at;
}

/** Whether the string is a Name: what an element, an attribute or a processing instruction can be called. */
export function isName(s: string): boolean {
  return s !== "" && nameEnd(s, 0) === s.length;
}

/** Whether the string is an NCName, that is a Name without a colon: a prefix or a local name. */
export function isNCName(s: string): boolean {
  return isName(s) && !s.includes(":");
}

/** Whether XML 1.0 allows this code point in a document. */
export function isXmlChar(codePoint: number): boolean {
  if (codePoint < 0x20) return codePoint === 0x9 || codePoint === 0xa || codePoint === 0xd;
  return (
    codePoint < 0xd800 || (codePoint >= 0xe000 && codePoint < 0xfffe) || (codePoint >= 0x10000 && codePoint <= 0x10ffff)
  );
}

/**
 * Makes sure that a string can be written in XML at all.
 *
 * @param what names the string in the message, for example `the value of "Status"`
 * @throws XqbusError `xqbus:illegal-character` naming the code point and its index
 */
export function assertXmlCharacters(s: string, what: string): void {
  const at = runEnd(s, 0, s.length, ALLOWED);
  if (at < s.length) throw illegalCharacter(s, at, what);
}

/** @internal The error for the character at an index of a string that cannot be written in XML. */
export function illegalCharacter(s: string, index: number, what: string): XqbusError {
  return new XqbusError(
    "xqbus:illegal-character",
    `${what} has ${describeCharacter(s, index)} at index ${index}; ${ALLOWED_CHARACTERS}`,
  );
}

/** What may be written, for messages. */
export const ALLOWED_CHARACTERS =
  "XML 1.0 allows TAB, LF, CR and the characters from U+0020 on, without surrogates, U+FFFE and U+FFFF";

/** The character at an offset for messages: `"x"`, `"é" (U+00E9)`, `U+0001`, `the lone surrogate U+D800`, `the end of the document`. */
export function describeCharacter(text: string, at: number): string {
  const codePoint = text.codePointAt(at);
  if (codePoint === undefined) return "the end of the document";
  const number = `U+${codePoint.toString(16).toUpperCase().padStart(4, "0")}`;
  if (codePoint >= 0xd800 && codePoint <= 0xdfff) return `the lone surrogate ${number}`;
  if (codePoint > 0x20 && codePoint < 0x7f) return codePoint === 0x22 ? `'"'` : `"${String.fromCodePoint(codePoint)}"`;
  if (codePoint < 0xa1 || !isXmlChar(codePoint)) return number;
  return `"${String.fromCodePoint(codePoint)}" (${number})`;
}

function isSurrogatePair(text: string, at: number): boolean {
  return text.codePointAt(at)! > 0xffff;
}

function isNonAsciiNameStart(c: number): boolean {
  if (c < 0x2000) return c >= 0xc0 && c !== 0xd7 && c !== 0xf7 && (c < 0x300 || (c >= 0x370 && c !== 0x37e));
  return (
    c === 0x200c ||
    c === 0x200d ||
    (c >= 0x2070 && c <= 0x218f) ||
    (c >= 0x2c00 && c <= 0x2fef) ||
    (c >= 0x3001 && c <= 0xd7ff) ||
    (c >= 0xf900 && c <= 0xfdcf) ||
    (c >= 0xfdf0 && c <= 0xfffd) ||
    (c >= 0x10000 && c <= 0xeffff)
  );
}

function isNonAsciiNameOnly(c: number): boolean {
  return c === 0xb7 || (c >= 0x300 && c <= 0x36f) || c === 0x203f || c === 0x2040;
}

function classifyAscii(): Uint8Array {
  const classes = new Uint8Array(0x80);
  const addTo = (characterClass: number, accepts: (c: string, code: number) => boolean): void => {
    for (let code = 0; code < 0x80; code++) {
      if (accepts(String.fromCharCode(code), code)) classes[code]! |= characterClass;
    }
  };
  addTo(NAME_START, (c) => /[:A-Z_a-z]/.test(c));
  addTo(NAME, (c) => /[:A-Z_a-z0-9.-]/.test(c));
  addTo(ALLOWED, (_, code) => isXmlChar(code));
  addTo(PLAIN_TEXT, (c, code) => isXmlChar(code) && !/[<&\]]/.test(c));
  addTo(PLAIN_VALUE, (c, code) => isXmlChar(code) && !/[<&"'\t\n]/.test(c));
  return classes;
}
