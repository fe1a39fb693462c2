import { SelectorError } from "./selector-error.ts";

/** A word of a selector. Keywords are upper case, whatever way they are written. */
export type SelectorToken =
  | { readonly kind: "identifier" | "keyword" | "symbol" | "string"; readonly text: string; readonly at: number }
  | { readonly kind: "number"; readonly value: number | bigint; readonly at: number }
  | { readonly kind: "end"; readonly at: number };

/** Words that no property can have as its name in a selector (JMS 2.0, section 3.8.1.1). */
export const RESERVED_WORDS: ReadonlySet<string> = new Set([
  ...["NULL", "TRUE", "FALSE", "NOT", "AND", "OR", "BETWEEN", "LIKE", "IN", "IS", "ESCAPE"],
]);

/** A Java identifier; the parts of it that are not letters or digits are connectors, currency signs and marks. */
const IDENTIFIER = /[\p{L}\p{Nl}\p{Sc}\p{Pc}][\p{L}\p{Nl}\p{Sc}\p{Pc}\p{Nd}\p{Mn}\p{Mc}]*/uy;
const SPACE = /[ \t\n\r\f]+/y;
const SYMBOL = /<>|<=|>=|[=<>+\-*/(),]/y;
const STRING = /'(?:[^']|'')*'/y;
/** Literals of Java: hexadecimal, octal and decimal integers; then floating-point numbers. */
const INTEGER = /(?:0[xX][0-9a-fA-F]+|[0-9]+)[lL]?(?![0-9a-zA-Z_.])/y;
const APPROXIMATE = /(?:[0-9]+\.[0-9]*|\.[0-9]+|[0-9]+)(?:[eE][+-]?[0-9]+)?[fFdD]?(?![0-9a-zA-Z_.])/y;

/** Longest number. */
const MAX_DIGITS = 400;

/**
 * The words of a selector.
 *
 * @throws SelectorError for a character that begins none, and for a number that is out of range
 */
export function tokensOf(text: string): readonly SelectorToken[] {
  const tokens: SelectorToken[] = [];
  let at = 0;
  const take = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = at;
    return pattern.exec(text)?.[0];
  };
  for (;;) {
    at += take(SPACE)?.length ?? 0;
    if (at >= text.length) return [...tokens, { kind: "end", at }];
    const token = tokenAt(take, text, at);
    tokens.push(token.token);
    at += token.length;
  }
}

function tokenAt(
  take: (pattern: RegExp) => string | undefined,
  text: string,
  at: number,
): { readonly token: SelectorToken; readonly length: number } {
  const integer = take(INTEGER);
  if (integer !== undefined)
    return { token: { kind: "number", value: integerOf(integer, at), at }, length: integer.length };
  const approximate = take(APPROXIMATE);
  if (approximate !== undefined) {
    return { token: { kind: "number", value: approximateOf(approximate, at), at }, length: approximate.length };
  }
  const symbol = take(SYMBOL);
  if (symbol !== undefined) return { token: { kind: "symbol", text: symbol, at }, length: symbol.length };
  const string = take(STRING);
  if (string !== undefined) {
    return { token: { kind: "string", text: string.slice(1, -1).replaceAll("''", "'"), at }, length: string.length };
  }
  const word = take(IDENTIFIER);
  if (word !== undefined) {
    const upper = word.toUpperCase();
    const isKeyword = RESERVED_WORDS.has(upper);
    return {
      token: isKeyword ? { kind: "keyword", text: upper, at } : { kind: "identifier", text: word, at },
      length: word.length,
    };
  }
  const found =
    text[at] === "'" ? "a string that is not closed" : JSON.stringify(String.fromCodePoint(text.codePointAt(at)!));
  throw new SelectorError(`found ${found}`, at);
}

/** @throws SelectorError beyond 64 bits; 2^63 itself is there for its negative */
function integerOf(text: string, at: number): bigint {
  if (text.length > MAX_DIGITS) throw new SelectorError(`a number has more than ${MAX_DIGITS} digits`, at);
  const digits = text.replace(/[lL]$/, "");
  const isOctal = /^0[0-7]+$/.test(digits);
  const isMalformed = /^0[0-9]+$/.test(digits) && !isOctal;
  if (isMalformed) throw new SelectorError(`${digits} begins with 0 as octal numbers do, and is none`, at);
  const value = BigInt(isOctal ? `0o${digits.slice(1)}` : digits);
  // Hexadecimal and octal literals write the bits.
  if (/^0[xX0-7]/.test(digits) && value < 2n ** 64n) return BigInt.asIntN(64, value);
  if (value <= 2n ** 63n) return value;
  throw new SelectorError("an exact number is out of range; write it with a point or an exponent", at);
}

function approximateOf(text: string, at: number): number {
  const value = Number(text.replace(/[fFdD]$/, ""));
  if (text.length <= MAX_DIGITS && Number.isFinite(value)) return /[fF]$/.test(text) ? Math.fround(value) : value;
  throw new SelectorError("a number is out of range", at);
}
