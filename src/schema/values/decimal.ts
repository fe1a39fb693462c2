import { digitsEnd } from "./digits.ts";

/**
 * Decimals and integers (XML Schema 1.0 part 2, sections 3.2.3 and 3.3.13) of any precision. They stay texts: a number of a
 * million digits is compared digit by digit, in one pass.
 */

/** Whether the text is a decimal: an optional sign, digits, and optionally a point with digits on one side at least. */
export function isDecimal(text: string): boolean {
  const start = signEnd(text);
  const point = digitsEnd(text, start);
  if (text.charCodeAt(point) !== POINT) return point > start && point === text.length;
  const end = digitsEnd(text, point + 1);
  return end === text.length && end - start > 1;
}

/** Whether the text is an optional sign and digits. */
export function isInteger(text: string): boolean {
  const start = signEnd(text);
  const end = digitsEnd(text, start);
  return end > start && end === text.length;
}

/** Prepares a comparison with a limit: the sign of value minus limit. Both must be decimals. */
export function decimalComparison(limit: string): (text: string) => number {
  const limitNumber = Number(limit);
  const limitParts = partsOf(limit);
  const isShort = limit.length <= MAX_EXACT_LENGTH;
  return (text) => {
    // So few digits are told apart by the next number of double precision.
    if (isShort && text.length <= MAX_EXACT_LENGTH) return Math.sign(Number(text) - limitNumber);
    return compareParts(partsOf(text), limitParts);
  };
}

/** The text that all decimals of the same value share: `1.5` for `+01.50`. */
export function canonicalDecimal(text: string): string {
  const { isNegative, integer, fraction } = partsOf(text);
  return `${isNegative ? "-" : ""}${integer === "" ? "0" : integer}${fraction === "" ? "" : `.${fraction}`}`;
}

/** The digits that say something: without zeros in front of the integer part and behind the fraction; at least 1. */
export function totalDigits(text: string): number {
  const { integer, fraction } = partsOf(text);
  return Math.max(integer.length + fraction.length, 1);
}

/** The digits behind the point, without zeros at the end. */
export function fractionDigits(text: string): number {
  return partsOf(text).fraction.length;
}

interface DecimalParts {
  /** False for zero. */
  readonly isNegative: boolean;
  /** Without leading zeros. */
  readonly integer: string;
  /** Without trailing zeros. */
  readonly fraction: string;
}

function partsOf(text: string): DecimalParts {
  let start = signEnd(text);
  const point = digitsEnd(text, start);
  while (text.charCodeAt(start) === ZERO) start++;
  let end = text.length;
  while (end > point + 1 && text.charCodeAt(end - 1) === ZERO) end--;
  const integer = text.slice(start, point);
  const fraction = text.slice(point + 1, end);
  return { isNegative: text.startsWith("-") && (integer !== "" || fraction !== ""), integer, fraction };
}

function compareParts(a: DecimalParts, b: DecimalParts): number {
  if (a.isNegative !== b.isNegative) return a.isNegative ? -1 : 1;
  const difference =
    a.integer.length - b.integer.length || order(a.integer, b.integer) || order(a.fraction, b.fraction);
  return a.isNegative ? -Math.sign(difference) : Math.sign(difference);
}

function order(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function signEnd(text: string): number {
  const code = text.charCodeAt(0);
  return code === PLUS || code === MINUS ? 1 : 0;
}

/** Characters of a decimal up to which a double keeps all its digits. */
const MAX_EXACT_LENGTH = 15;

const PLUS = 0x2b;
const MINUS = 0x2d;
const POINT = 0x2e;
const ZERO = 0x30;
