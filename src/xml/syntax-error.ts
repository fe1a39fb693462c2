import { XqbusError, type XqbusErrorCode } from "../errors.ts";
import type { SourcePosition } from "./node.ts";

/** The codes that reading a document can end with. */
export type XmlSyntaxErrorCode = Extract<
  XqbusErrorCode,
  "xqbus:not-well-formed" | "xqbus:limit-exceeded" | "xqbus:doctype-refused" | "xqbus:unsupported-encoding"
>;

/** Why a document was not read, and where: `PhoneStatus.xml:7:3: element "a" is closed by "</b>"; expected "</a>"`. */
export class XmlSyntaxError extends XqbusError {
  /** From 1. */
  readonly line: number;
  /** From 1, in UTF-16 code units. */
  readonly column: number;
  /** From 0, in UTF-16 code units of the decoded text, a line end counting as one. */
  readonly offset: number;
  /** The file name that the caller gave. */
  readonly source: string | undefined;
  /** The message without the place. */
  readonly reason: string;

  constructor(code: XmlSyntaxErrorCode, reason: string, position: SourcePosition, source?: string) {
    super(code, `${source ?? "document"}:${position.line}:${position.column}: ${reason}`);
    this.line = position.line;
    this.column = position.column;
    this.offset = position.offset;
    this.source = source;
    this.reason = reason;
  }
}
