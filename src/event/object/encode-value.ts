import type { AtomicShape, ValueShape } from "../../schema/index.ts";
import type { ExpandedName } from "../../xml/index.ts";
import { lexicalForm } from "../lexical-form.ts";
import { kindOf } from "../place.ts";
import { ContentPath } from "./content-path.ts";
import { isOfShape, numberForm } from "./decode-value.ts";
import { EventContentError } from "./event-content-error.ts";
import { parseName } from "./names.ts";

/** Writes a name as a QName, and declares its prefix. */
export type WriteQName = (name: ExpandedName) => string;

/**
 * The text of a value. Besides what `decodeValue` gives it takes what has one meaning only: a bigint for whole numbers and
 * decimals, a Date for xs:dateTime, `Infinity`, `-Infinity` and `NaN` for floating point numbers.
 *
 * @throws EventContentError `xqbus:illegal-content`
 */
export function encodeValue(value: unknown, shape: ValueShape, path: ContentPath, qname: WriteQName): string {
  switch (shape.kind) {
    case "atomic":
      return encodeAtomic(value, shape, path, qname);
    case "list":
      if (!Array.isArray(value)) throw unusable(value, shape, path);
      return Array.from(value as readonly unknown[], (item, index) =>
        encodeItem(item, shape.item, new ContentPath(path, index, item), qname),
      ).join(" ");
    case "union":
      return encodeUnion(value, shape.members, path, qname);
  }
}

/** White space separates the items of a list, so none can hold any or be empty. */
function encodeItem(item: unknown, shape: ValueShape, path: ContentPath, qname: WriteQName): string {
  const text = encodeValue(item, shape, path, qname);
  if (text !== "" && !/[ \t\r\n]/.test(text)) return text;
  const problem = text === "" ? "is empty" : `is ${shown(text)}, which holds white space`;
  throw new EventContentError("xqbus:illegal-content", path, `${problem}; white space separates the items of a list`);
}

function encodeAtomic(value: unknown, shape: AtomicShape, path: ContentPath, qname: WriteQName): string {
  if (typeof value === "bigint" && BIGINT_TYPES.has(shape.builtIn)) return String(value);
  if (value instanceof Date && shape.builtIn === "dateTime") return lexicalForm(value, String(path));
  if (!isOfShape(value, shape)) throw unusable(value, shape, path);
  if (shape.form === "qname" && typeof value === "string") return qname(parseName(value, undefined)!);
  return typeof value === "number" ? floatForm(value) : String(value);
}

function floatForm(value: number): string {
  if (Number.isNaN(value)) return "NaN";
  if (Number.isFinite(value)) return numberForm(value);
  return value > 0 ? "INF" : "-INF";
}

/** A text that no member gives back is kept as it was; see {@link decodeValue}. */
function encodeUnion(value: unknown, members: readonly ValueShape[], path: ContentPath, qname: WriteQName): string {
  const member = members.find((each) => isOfShape(value, each) || isExtra(value, each));
  if (member !== undefined) return encodeValue(value, member, path, qname);
  if (typeof value === "string") return value;
  throw unusable(value, { kind: "union", members }, path);
}

function isExtra(value: unknown, shape: ValueShape): boolean {
  if (shape.kind !== "atomic") return false;
  if (value instanceof Date) return shape.builtIn === "dateTime";
  return typeof value === "bigint" && BIGINT_TYPES.has(shape.builtIn);
}

/** The types that a bigint is a value of without loss, whether it is in their range or not. */
const BIGINT_TYPES: ReadonlySet<string> = new Set(
  (
    "decimal integer nonPositiveInteger negativeInteger nonNegativeInteger positiveInteger long unsignedLong " +
    "int short byte unsignedInt unsignedShort unsignedByte"
  ).split(" "),
);

function unusable(value: unknown, shape: ValueShape, path: ContentPath): EventContentError {
  const found = foundText(value);
  return new EventContentError(
    "xqbus:illegal-content",
    path,
    `is ${found}; expected ${expected(shape)}${hint(value, shape)}`,
  );
}

function foundText(value: unknown): string {
  if (typeof value === "string") return `the string ${shown(value)}`;
  if (typeof value === "number" || typeof value === "boolean") return `the ${typeof value} ${value}`;
  return kindOf(value);
}

/** What a value of this shape is, for messages: `a string in the form of xs:decimal`. */
export function expected(shape: ValueShape): string {
  switch (shape.kind) {
    case "list":
      return "an array";
    case "union":
      return [...new Set(shape.members.map(expected))].join(" or ");
    case "atomic":
      return EXPECTED[shape.form](shape.builtIn);
  }
}

const EXPECTED: Readonly<Record<AtomicShape["form"], (builtIn: string) => string>> = {
  text: () => "a string",
  lexical: (builtIn) => `a string in the form of xs:${builtIn}`,
  integer: (builtIn) => `a whole number (xs:${builtIn})`,
  float: (builtIn) => `a number, "INF", "-INF" or "NaN" (xs:${builtIn})`,
  boolean: () => "true or false",
  qname: () => 'a string "Q{namespace}name"',
};

/** What to write instead, where that is plain. */
function hint(value: unknown, shape: ValueShape): string {
  if (shape.kind !== "atomic" || typeof value !== "number" || !Number.isFinite(value)) return "";
  const isNumeric = BIGINT_TYPES.has(shape.builtIn) && shape.form === "lexical";
  return isNumeric ? `, because numbers of JSON have 53 bits: "${value}"` : "";
}

/** UTF-16 code units of a value that a message shows. */
const MAX_SHOWN = 60;

function shown(text: string): string {
  return JSON.stringify(text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}…` : text);
}
