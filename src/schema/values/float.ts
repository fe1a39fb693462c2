import { isDecimal, isInteger } from "./decimal.ts";

/** Whether the text is a float or double (XML Schema 1.0 part 2, section 3.2.4): a decimal, optionally with an exponent, or INF, -INF, NaN. */
export function isFloat(text: string): boolean {
  const exponent = text.search(/[eE]/);
  if (exponent >= 0) return isDecimal(text.slice(0, exponent)) && isInteger(text.slice(exponent + 1));
  return isDecimal(text) || text === "INF" || text === "-INF" || text === "NaN";
}

/** The value of a float or double. */
export function doubleValue(text: string): number {
  if (text === "INF") return Infinity;
  return text === "-INF" ? -Infinity : Number(text);
}

/** The value of a float: rounded to single precision. */
export function floatValue(text: string): number {
  return Math.fround(doubleValue(text));
}

/**
 * The sign of a minus b. NaN equals itself and counts as greater than everything else, as in the first edition of
 * XML Schema and in libxml2; in the second edition it cannot be compared.
 */
export function compareFloats(a: number, b: number): number {
  if (Number.isNaN(a)) return Number.isNaN(b) ? 0 : 1;
  if (Number.isNaN(b)) return -1;
  return a < b ? -1 : a > b ? 1 : 0;
}
