import { XqbusError } from "../errors.ts";
import type { AtomicValue } from "./maker-content.ts";
import { placeOf } from "./place.ts";

/** Whether a value has a lexical form in XML Schema; an invalid Date counts, and {@link lexicalForm} refuses it. */
export function isAtomicValue(value: unknown): value is AtomicValue {
  switch (typeof value) {
    case "string":
    case "number":
    case "bigint":
    case "boolean":
      return true;
    default:
      return value instanceof Date;
  }
}

/**
 * The lexical form of a value (XML Schema part 2, section 3.2).
 *
 * - Numbers: plain decimal notation, which is valid for `xs:decimal`, `xs:double` and, for whole numbers, `xs:integer`.
 *   Below 1e-6 and from 1e21 on (magnitudes) an exponent, which only `xs:double` and `xs:float` allow: `1E-7`, `1E21`.
 *   `NaN`, `INF`, `-INF`; minus zero is `0`.
 * - Date: `xs:dateTime` in UTC with milliseconds: `2026-01-31T12:00:00.000Z`.
 *
 * @throws XqbusError `xqbus:illegal-content` for an invalid Date and for a Date before the year 1, which
 * XML Schema 1.0 and JavaScript count differently.
 */
export function lexicalForm(value: AtomicValue, element: string, attribute?: string): string {
  switch (typeof value) {
    case "string":
      return value;
    case "number":
      return numberForm(value);
    case "bigint":
    case "boolean":
      return String(value);
    default:
      return dateForm(value, element, attribute);
  }
}

function numberForm(value: number): string {
  if (value === Infinity) return "INF";
  if (value === -Infinity) return "-INF";
  return String(value).replace(/e\+?/, "E");
}

function dateForm(value: Date, element: string, attribute: string | undefined): string {
  const year = value.getUTCFullYear();
  if (Number.isNaN(year)) {
    throw new XqbusError(
      "xqbus:illegal-content",
      `${placeOf(element, attribute)} is an invalid Date; give a Date that holds a time`,
    );
  }
  if (year < 1) {
    throw new XqbusError(
      "xqbus:illegal-content",
      `${placeOf(element, attribute)} is a Date before the year 1 (${value.toISOString()}); give the xs:dateTime as a string`,
    );
  }
  // JavaScript writes years of more than four digits as +012026, XML Schema as 12026.
  return value.toISOString().replace(/^\+0*/, "");
}
