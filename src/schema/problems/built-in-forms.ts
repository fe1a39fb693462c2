/** What values of a built-in type look like, for messages; undefined where the name says enough. */
export function describeForm(builtIn: string): string | undefined {
  return FORMS[builtIn];
}

/** Values of a built-in type that are words and so can be misspelt. */
export function literalsOf(builtIn: string): readonly string[] {
  if (builtIn === "boolean") return ["true", "false"];
  return builtIn === "float" || builtIn === "double" ? ["INF", "-INF", "NaN"] : [];
}

const FLOAT_FORM = "a number such as 1.5 or 2E3, INF, -INF or NaN";

const FORMS: Readonly<Record<string, string>> = {
  anyURI: "a URI",
  base64Binary: "base64 text",
  boolean: "true, false, 1 or 0",
  byte: "a whole number from -128 to 127",
  date: "a date such as 2026-11-21",
  dateTime: "a date and time such as 2026-11-21T12:00:00Z",
  decimal: "a number such as 12.5",
  double: FLOAT_FORM,
  duration: "a duration such as P1DT2H30M",
  float: FLOAT_FORM,
  hexBinary: "pairs of hexadecimal digits",
  int: "a whole number from -2147483648 to 2147483647",
  integer: "a whole number",
  language: "a language tag such as en-GB",
  long: "a whole number from -9223372036854775808 to 9223372036854775807",
  negativeInteger: "a whole number below 0",
  nonNegativeInteger: "a whole number from 0",
  nonPositiveInteger: "a whole number up to 0",
  positiveInteger: "a whole number from 1",
  short: "a whole number from -32768 to 32767",
  time: "a time such as 12:00:00",
  unsignedByte: "a whole number from 0 to 255",
  unsignedInt: "a whole number from 0 to 4294967295",
  unsignedLong: "a whole number from 0 to 18446744073709551615",
  unsignedShort: "a whole number from 0 to 65535",
};
