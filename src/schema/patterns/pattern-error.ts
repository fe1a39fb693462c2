import { XqbusError } from "../../errors.ts";

/**
 * A pattern that is no regular expression of XML Schema 1.0 (`FORX0002`, the code XPath has for it), or is more than the limits
 * allow (`xqbus:limit-exceeded`).
 */
export class PatternError extends XqbusError {
  /** The sentence without the pattern and the place. */
  readonly reason: string;
  /** Offset into the pattern in UTF-16 code units. */
  readonly position: number;

  constructor(pattern: string, position: number, reason: string, code: PatternErrorCode = "FORX0002") {
    super(code, `the pattern "${shorten(pattern)}" cannot be used: ${reason} (character ${position + 1})`);
    this.reason = reason;
    this.position = position;
  }
}

/** The codes of {@link PatternError}. */
export type PatternErrorCode = "FORX0002" | "xqbus:limit-exceeded";

const MAX_SHOWN = 200;

function shorten(pattern: string): string {
  return pattern.length <= MAX_SHOWN ? pattern : `${pattern.slice(0, MAX_SHOWN)}…`;
}
