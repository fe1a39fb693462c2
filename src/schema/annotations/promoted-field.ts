import { attributeValue } from "../../xml/index.ts";
import type { ComponentTable } from "../model/component-table.ts";
import type { SimpleType } from "../model/components.ts";
import { textType } from "../model/content.ts";
import { outlineOf } from "../model/simple-type.ts";
import type { AtomicShape, ValueShape } from "../shape/shape.ts";
import { ValueShapes } from "../shape/value-shape.ts";
import { normalizeWhiteSpace } from "../values/index.ts";
import type { AnnotatedField } from "./fields.ts";

/** What an application property holds. A `number` is a double, an `integer` a long. */
export type PromotedValue =
  | { readonly kind: "integer" | "number"; readonly value: number }
  | { readonly kind: "boolean"; readonly value: boolean }
  | { readonly kind: "string"; readonly value: string };

/** A field that travels as an application property of the message. */
export interface PromotedField {
  readonly path: string;
  /** Name of the application property, an identifier for selectors: `Status`, `User_Name`, `Device_id`. */
  readonly property: string;
  /** Of all its values. */
  readonly kind: PromotedValue["kind"];
  /** Whether every valid text has a value. */
  readonly isTotal: boolean;
  /** Whether the value is the very text of the document, white space and all. */
  readonly isExact: boolean;
  /** The value for a text of the document; undefined when it cannot be promoted as it is, so that there is no property. */
  readonly valueOf: (text: string) => PromotedValue | undefined;
}

/** Characters of a promoted string at most: brokers keep application properties in memory, and in every selector's way. */
export const MAX_PROMOTED_LENGTH = 256;

/** The promoted form of a field; its type must have a text. */
export function promotedField(path: string, field: AnnotatedField, table: ComponentTable): PromotedField {
  const text = textType(field.type, table);
  const shape = text === undefined ? undefined : new ValueShapes(table).of(text);
  const kind = kindOf(shape);
  return {
    path,
    property: propertyName(path),
    kind,
    isTotal: text !== undefined && !mayBeEmpty(field) && isTotal(text, kind, shape, table),
    isExact: shape?.kind === "atomic" && shape.form === "text" && shape.whiteSpace === "preserve",
    valueOf: shape?.kind === "atomic" ? (value) => atomicValue(value, shape) : (value) => stringValue(collapse(value)),
  };
}

function kindOf(shape: ValueShape | undefined): PromotedValue["kind"] {
  if (shape?.kind !== "atomic") return "string";
  const { form, builtIn } = shape;
  if (form === "boolean" || form === "integer") return form;
  if (form === "float" || builtIn === "decimal") return "number";
  return UNBOUNDED_INTEGERS.includes(builtIn) ? "integer" : "string";
}

/** Whether an element that says nil, or stands for its default value, has a text that its type does not allow. */
function mayBeEmpty({ source: { node } }: AnnotatedField): boolean {
  return ["nillable", "default", "fixed"].some((name) => attributeValue(node, name) !== undefined);
}

function isTotal(
  text: SimpleType,
  kind: PromotedValue["kind"],
  shape: ValueShape | undefined,
  table: ComponentTable,
): boolean {
  if (shape?.kind !== "atomic") return false;
  if (kind !== "string") return shape.form === "boolean" || shape.form === "integer";
  const { enumeration, facets } = outlineOf(text, table);
  const longest =
    enumeration === undefined
      ? // The facets count characters, of which one may be two code units.
        2 * Number(facets["length"] ?? facets["maxLength"] ?? Infinity)
      : Math.max(...enumeration.map((value) => value.length));
  return shape.form === "text" && longest <= MAX_PROMOTED_LENGTH;
}

/** A path as an identifier: selectors know letters, digits, `_` and `$` only. */
function propertyName(path: string): string {
  return path.replaceAll("@", "").replaceAll(/[^\p{L}\p{N}_]/gu, "_");
}

function atomicValue(text: string, { form, builtIn, whiteSpace }: AtomicShape): PromotedValue | undefined {
  switch (form) {
    case "text":
      return stringValue(normalizeWhiteSpace(text, whiteSpace));
    case "boolean": {
      const value = BOOLEANS[collapse(text)];
      return value === undefined ? undefined : { kind: "boolean", value };
    }
    case "integer":
      return integerValue(collapse(text));
    case "float":
      return numberValue(collapse(text));
    case "lexical":
    case "qname":
      if (builtIn === "decimal") return numberValue(collapse(text));
      return UNBOUNDED_INTEGERS.includes(builtIn) ? integerValue(collapse(text)) : stringValue(collapse(text));
  }
}

function integerValue(text: string): PromotedValue | undefined {
  const value = /^[+-]?[0-9]+$/.test(text) ? Number(text) : NaN;
  return Number.isSafeInteger(value) ? { kind: "integer", value } : undefined;
}

/** A double has no place for infinity in selectors, and NaN equals nothing. */
function numberValue(text: string): PromotedValue | undefined {
  const value = /^[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?$/.test(text) ? Number(text) : NaN;
  return Number.isFinite(value) ? { kind: "number", value } : undefined;
}

/** A cut value would be a wrong one. */
function stringValue(value: string): PromotedValue | undefined {
  return value.length > MAX_PROMOTED_LENGTH ? undefined : { kind: "string", value };
}

function collapse(text: string): string {
  return normalizeWhiteSpace(text, "collapse");
}

const BOOLEANS: Readonly<Record<string, boolean>> = { true: true, "1": true, false: false, "0": false };

const UNBOUNDED_INTEGERS: readonly string[] = [
  "integer",
  "long",
  "nonNegativeInteger",
  "nonPositiveInteger",
  "positiveInteger",
  "negativeInteger",
  "unsignedLong",
];
