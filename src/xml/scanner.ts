import { describeCharacter, ALLOWED_CHARACTERS, nameEnd } from "./characters.ts";
import type { XmlLimits } from "./limits.ts";
import { positionAt } from "./source-position.ts";
import { XmlSyntaxError, type XmlSyntaxErrorCode } from "./syntax-error.ts";

/** UTF-16 code units of the characters that XML markup is made of. */
export const TAB = 0x09;
export const LINE_FEED = 0x0a;
export const SPACE = 0x20;
export const EXCLAMATION_MARK = 0x21;
export const QUOTATION_MARK = 0x22;
export const NUMBER_SIGN = 0x23;
export const AMPERSAND = 0x26;
export const APOSTROPHE = 0x27;
export const SLASH = 0x2f;
export const SEMICOLON = 0x3b;
export const LESS_THAN = 0x3c;
export const EQUALS_SIGN = 0x3d;
export const GREATER_THAN = 0x3e;
export const QUESTION_MARK = 0x3f;
export const RIGHT_BRACKET = 0x5d;

/** A place in a text that moves forward, with the steps that all parts of a document share. */
export class Scanner {
  /** Decoded, with normalised line ends: a CR in it came from nowhere. */
  readonly text: string;
  readonly limits: XmlLimits;
  /** File name for messages. */
  readonly source: string | undefined;
  /** Offset of the next character. */
  position = 0;

  constructor(text: string, limits: XmlLimits, source: string | undefined) {
    this.text = text;
    this.limits = limits;
    this.source = source;
  }

  /** The error to throw; the caller throws it, so that the compiler sees where a path ends. */
  error(offset: number, reason: string, code: XmlSyntaxErrorCode = "xqbus:not-well-formed"): XmlSyntaxError {
    return new XmlSyntaxError(code, reason, positionAt(this.text, offset), this.source);
  }

  /** The error for a document that goes beyond a limit; `found` says by what. */
  limitError(offset: number, found: string, limit: keyof XmlLimits): XmlSyntaxError {
    const reason = `${found}; the limit is ${this.limits[limit]} (raise it with the option limits.${limit})`;
    return this.error(offset, reason, "xqbus:limit-exceeded");
  }

  /** The error for a character that XML does not allow anywhere. */
  characterError(offset: number): XmlSyntaxError {
    return this.error(offset, `${this.found(offset)} is not allowed in a document; ${ALLOWED_CHARACTERS}`);
  }

  /** The next character for messages. */
  found(offset: number = this.position): string {
    return describeCharacter(this.text, offset);
  }

  /** Whether there is no next character. */
  isAtEnd(): boolean {
    return this.position >= this.text.length;
  }

  /** Goes behind white space; false when there is none. */
  skipWhiteSpace(): boolean {
    const { text } = this;
    const start = this.position;
    let at = start;
    while (at < text.length) {
      const unit = text.charCodeAt(at);
      if (unit !== SPACE && unit !== LINE_FEED && unit !== TAB) break;
      at++;
    }
    this.position = at;
    return at > start;
  }

  /** Goes behind the given text; false when something else comes next. */
  skip(expected: string): boolean {
    if (!this.text.startsWith(expected, this.position)) return false;
    this.position += expected.length;
    return true;
  }

  /** Reads a Name; the empty string when none comes next. */
  readName(): string {
    const start = this.position;
    const end = nameEnd(this.text, start);
    if (end - start > this.limits.maxNameLength) {
      throw this.limitError(start, `a name has ${end - start} characters`, "maxNameLength");
    }
    this.position = end;
    return this.text.slice(start, end);
  }
}
