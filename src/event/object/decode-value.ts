import type { AtomicShape, ValueShape } from "../../schema/index.ts";
import type { XmlElement } from "../../xml/index.ts";
import type { ContentValue } from "./event-content.ts";
import { bracedName, parseName, resolveQName } from "./names.ts";

/**
 * The value that a text is of its type. A text that the type does not have (in an event that is not valid, or an empty element
 * that stands for its default) stays a string.
 *
 * @param scope the element whose declarations the prefixes of a QName refer to
 */
export function decodeValue(text: string, shape: ValueShape, scope: XmlElement): ContentValue {
  switch (shape.kind) {
    case "atomic":
      return decodeAtomic(text, shape, scope);
    case "list":
      return splitList(text).map((item) => decodeValue(item, shape.item, scope));
    case "union":
      return decodeUnion(text, shape.members, scope);
  }
}

/** The items of a list (XML Schema 1.0 part 2, section 2.5.1.2). */
export function splitList(text: string): readonly string[] {
  const collapsed = collapse(text);
  return collapsed === "" ? [] : collapsed.split(" ");
}

/** The lexical forms of whole numbers. */
const INTEGER_FORM = /^[+-]?\d+$/;

function decodeAtomic(text: string, { form, whiteSpace }: AtomicShape, scope: XmlElement): ContentValue {
  if (form === "text") return whiteSpace === "preserve" ? text : normalize(text, whiteSpace);
  const lexical = collapse(text);
  switch (form) {
    case "lexical":
      return lexical;
    case "integer": {
      const value = INTEGER_FORM.test(lexical) ? Number(lexical) : NaN;
      // Adding zero makes minus zero zero.
      return Number.isSafeInteger(value) ? value + 0 : lexical;
    }
    case "float":
      return decodeFloat(lexical);
    case "boolean":
      return BOOLEANS[lexical] ?? lexical;
    case "qname": {
      const name = resolveQName(lexical, scope);
      return name === undefined ? lexical : bracedName(name);
    }
  }
}

const BOOLEANS: Readonly<Record<string, boolean | undefined>> = Object.assign(
  Object.create(null) as Record<string, boolean>,
  { true: true, 1: true, false: false, 0: false },
);

/** Numbers beyond the range of a double are infinite, as their value is. */
function decodeFloat(lexical: string): number | string {
  if (!/^[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?$/.test(lexical)) return lexical;
  const value = Number(lexical);
  if (Number.isFinite(value)) return value + 0;
  return value > 0 ? "INF" : "-INF";
}

/** A member counts only when its value has this text again: else another member would be read the next time. */
function decodeUnion(text: string, members: readonly ValueShape[], scope: XmlElement): ContentValue {
  for (const member of members) {
    const value = decodeValue(text, member, scope);
    if (isOfShape(value, member) && (isQName(member) || writtenForm(value) === text)) return value;
  }
  return text;
}

/** Whether a value is one of this shape, as far as its form tells. */
export function isOfShape(value: unknown, shape: ValueShape): boolean {
  switch (shape.kind) {
    case "list":
      return Array.isArray(value) && areOfShape(value, shape.item);
    case "union":
      return shape.members.some((member) => isOfShape(value, member));
    case "atomic":
      return isOfForm(value, shape);
  }
}

/** Ends with the first hole, so that an array of nothing but length costs nothing. */
function areOfShape(items: readonly unknown[], shape: ValueShape): boolean {
  for (const item of items) if (!isOfShape(item, shape)) return false;
  return true;
}

function isOfForm(value: unknown, { form, builtIn }: AtomicShape): boolean {
  switch (form) {
    case "integer":
      return Number.isSafeInteger(value);
    case "float":
      return typeof value === "number" || (typeof value === "string" && SPECIAL_FLOATS.has(value));
    case "boolean":
      return typeof value === "boolean";
    case "qname":
      return typeof value === "string" && value.startsWith("Q{") && parseName(value, undefined) !== undefined;
    case "lexical":
      return typeof value === "string" && (LEXICAL_FORMS[builtIn]?.test(value) ?? true);
    case "text":
      return typeof value === "string";
  }
}

/** The floating point values that JSON has no number for. */
const SPECIAL_FLOATS: ReadonlySet<string> = new Set(["INF", "-INF", "NaN"]);

const WHOLE_NUMBER_TYPES =
  "integer nonPositiveInteger negativeInteger nonNegativeInteger positiveInteger long unsignedLong";

/** The lexical forms of the types whose values are numbers but strings in objects. */
const LEXICAL_FORMS: Readonly<Record<string, RegExp>> = {
  decimal: /^[+-]?(\d+(\.\d*)?|\.\d+)$/,
  ...Object.fromEntries(WHOLE_NUMBER_TYPES.split(" ").map((name) => [name, INTEGER_FORM])),
};

function isQName(shape: ValueShape): boolean {
  return shape.kind === "atomic" && shape.form === "qname";
}

function writtenForm(value: ContentValue): string | undefined {
  if (Array.isArray(value)) return value.map(writtenForm).join(" ");
  switch (typeof value) {
    case "string":
      return value;
    case "number":
      return numberForm(value);
    case "boolean":
      return String(value);
    default:
      return undefined;
  }
}

/** The lexical form of a finite number: `1E21` where JavaScript writes `1e+21`. */
export function numberForm(value: number): string {
  return String(value).replace(/e\+?/, "E");
}

function collapse(text: string): string {
  return /[\t\n\r]|^ | $| {2}/.test(text) ? normalize(text, "collapse") : text;
}

function normalize(text: string, whiteSpace: "replace" | "collapse"): string {
  if (whiteSpace === "replace") return text.replace(/[\t\n\r]/g, " ");
  return text.replace(/[ \t\n\r]+/g, " ").replace(/^ | $/g, "");
}
