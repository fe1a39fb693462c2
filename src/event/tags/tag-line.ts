/** A tag: a name with a value, `state:created`. */
export interface Tag {
  readonly name: string;
  readonly value: string;
}

/** One line of a tag string. */
export interface TagLine {
  /** Bare words: `customer_pending`. */
  readonly labels: readonly string[];
  readonly tags: readonly Tag[];
}

/** Bounds on a tag string. */
export interface TagLimits {
  /** Characters (UTF-16 units) of the whole. Default 1,048,576. */
  readonly maxLength?: number;
  /** Labels and tags of all lines. Default 10,000. */
  readonly maxItems?: number;
}

/** What is between labels and tags. */
export const BLANKS = " \t";

/** Characters of a line of base64 as MIME and Python's `base64.encodestring` break it (RFC 2045, section 6.8). */
export const BASE64_LINE = 76;

/** A line that is nothing but base64, and so may go on with the value of the line before. */
export function isBase64Line(text: string): boolean {
  return text.length <= BASE64_LINE && /^[A-Za-z0-9+/]+={0,2}$/.test(text);
}

/** A full line of base64, after which more of the value may come. */
export function isFullBase64Line(text: string): boolean {
  return text.length === BASE64_LINE && /^[A-Za-z0-9+/]+$/.test(text);
}
