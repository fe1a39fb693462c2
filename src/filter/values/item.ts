import type { XmlNode } from "../../xml/index.ts";
import type { AtomicType } from "./atomic-type.ts";
import { BOOLEAN, DOUBLE, INTEGER, STRING } from "./atomic-type.ts";
import type { FunctionItem } from "./function-item.ts";

/**
 * The items of the data model (XQuery and XPath Data Model 3.1). The four most frequent atomic types are JavaScript's own:
 *
 * | type | JavaScript |
 * |---|---|
 * | xs:string | string |
 * | xs:boolean | boolean |
 * | xs:double | number |
 * | xs:integer | bigint |
 * | every other atomic type, types derived from these four, too | a subclass of {@link TypedValue} |
 * | node | {@link XmlNode} of the light tree |
 * | function, map, array | {@link FunctionItem} |
 */
export type Item = XmlNode | AtomicValue | FunctionItem;

/** An atomic value. */
export type AtomicValue = string | boolean | number | bigint | TypedValue;

/** A sequence that is there as a whole. Nobody changes one that somebody else made. */
export type Sequence = readonly Item[];

/** The empty sequence. */
export const EMPTY: Sequence = Object.freeze([]);

/** An atomic value that JavaScript has no type for; immutable. */
export abstract class TypedValue {
  readonly type: AtomicType;

  constructor(type: AtomicType) {
    this.type = type;
  }

  /** The canonical lexical form, that is the result of casting it to xs:string (Functions and Operators 3.1, section 19). */
  abstract toString(): string;
}

/** The dynamic type of an atomic value. */
export function typeOf(value: AtomicValue): AtomicType {
  switch (typeof value) {
    case "string":
      return STRING;
    case "boolean":
      return BOOLEAN;
    case "number":
      return DOUBLE;
    case "bigint":
      return INTEGER;
    default:
      return value.type;
  }
}

/** Whether the item is an atomic value. */
export function isAtomic(item: Item): item is AtomicValue {
  return typeof item !== "object" || item instanceof TypedValue;
}
