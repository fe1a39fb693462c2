/**
 * Forms of values that exclude each other: no text is of two of them. `string` is apart: its values may look like any other. Types
 * with values in common with others (boolean has 1, gYear has 2026, binary data has 10) have none.
 */
export type TextFamily =
  "string" | "number" | "dateTime" | "date" | "time" | "duration" | "gYearMonth" | "gMonthDay" | "gDay" | "gMonth";

/** The family of a built-in simple type, by local name. */
export function familyOf(builtIn: string): TextFamily | undefined {
  return FAMILIES.get(builtIn);
}

const NAMES: Readonly<Record<TextFamily, string>> = {
  string: "string normalizedString token language NMTOKEN Name NCName ID IDREF ENTITY",
  number:
    "decimal float double integer nonPositiveInteger negativeInteger long int short byte nonNegativeInteger unsignedLong " +
    "unsignedInt unsignedShort unsignedByte positiveInteger",
  dateTime: "dateTime",
  date: "date",
  time: "time",
  duration: "duration",
  gYearMonth: "gYearMonth",
  gMonthDay: "gMonthDay",
  gDay: "gDay",
  gMonth: "gMonth",
};

const FAMILIES: ReadonlyMap<string, TextFamily> = new Map(
  Object.entries(NAMES).flatMap(([family, names]) => names.split(" ").map((name) => [name, family as TextFamily])),
);
