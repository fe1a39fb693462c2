import type { GeneralComparison, ValueComparison } from "../syntax/ast.ts";
import * as types from "./atomic-type.ts";
import type { AtomicType } from "./atomic-type.ts";
import type { BinaryValue } from "./binary-value.ts";
import { cast, textOf, type Prefixes } from "./cast.ts";
import type { DateTimeValue } from "./date-time-value.ts";
import { instantOf } from "./date-time-value.ts";
import type { DurationValue } from "./duration-value.ts";
import { FloatValue } from "./float-value.ts";
import { typeOf, type AtomicValue } from "./item.ts";
import { compareExact, isNumeric, toExact, toNumber } from "./numeric.ts";
import type { QNameValue } from "./qname-value.ts";
import { QueryError } from "./query-error.ts";

/**
 * Values without timezone are taken to be in UTC, wherever the filter runs: client, broker and archive give the same answer
 * (XPath 3.1, section 2.1.2, leaves the implicit timezone open).
 */
export const IMPLICIT_TIMEZONE = 0;

/** Compares two strings code point by code point: negative, 0 or positive. */
export function compareStrings(a: string, b: string): number {
  if (a === b) return 0;
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const [x, y] = [a.charCodeAt(i), b.charCodeAt(i)];
    if (x === y) continue;
    // Surrogates stand for code points beyond all other units.
    const [isHighX, isHighY] = [(x & 0xf800) === 0xd800, (y & 0xf800) === 0xd800];
    return isHighX === isHighY ? x - y : isHighX ? 1 : -1;
  }
  return a.length - b.length;
}

/**
 * `eq`, `lt` and the like (XPath 3.1, section 3.7.1): untyped values are strings.
 *
 * @throws QueryError XPTY0004 when the types cannot be compared
 */
export function valueCompare(operator: ValueComparison, a: AtomicValue, b: AtomicValue): boolean {
  switch (operator) {
    case "eq":
      return areEqual(a, b, operator);
    case "ne":
      return !areEqual(a, b, operator);
    case "lt":
      return order(a, b, operator) < 0;
    case "le":
      return order(a, b, operator) <= 0;
    case "gt":
      return order(a, b, operator) > 0;
    case "ge":
      return order(a, b, operator) >= 0;
  }
}

const VALUE_COMPARISONS: Readonly<Record<GeneralComparison, ValueComparison>> = {
  "=": "eq",
  "!=": "ne",
  "<": "lt",
  "<=": "le",
  ">": "gt",
  ">=": "ge",
};

/**
 * One pair of `=`, `<` and the like (section 3.7.2): an untyped value takes the type of the other side, xs:double for numbers.
 *
 * @param prefixes for untyped values that are compared with names
 * @throws QueryError XPTY0004, FORG0001 when an untyped value is not of that type
 */
export function generalCompare(
  operator: GeneralComparison,
  a: AtomicValue,
  b: AtomicValue,
  prefixes?: Prefixes,
): boolean {
  const [typeA, typeB] = [typeOf(a), typeOf(b)];
  const left = typeA === types.UNTYPED_ATOMIC ? castUntyped(a, typeB, prefixes) : a;
  const right = typeB === types.UNTYPED_ATOMIC ? castUntyped(b, typeA, prefixes) : b;
  return valueCompare(VALUE_COMPARISONS[operator], left, right);
}

function castUntyped(value: AtomicValue, other: AtomicType, prefixes: Prefixes | undefined): AtomicValue {
  if (isNumeric(other)) return cast(value, types.DOUBLE);
  if (other === types.UNTYPED_ATOMIC) return textOf(value);
  if (other.isA(types.YEAR_MONTH_DURATION) || other.isA(types.DAY_TIME_DURATION)) return cast(value, other);
  return cast(value, other.primitive ?? types.STRING, prefixes);
}

/** @throws QueryError XPTY0004 */
function areEqual(a: AtomicValue, b: AtomicValue, operator: ValueComparison): boolean {
  if (typeof a === "string" && typeof b === "string") return a === b;
  const kind = kindOf(a, b, operator);
  switch (kind) {
    case "text":
      return textOf(a) === textOf(b);
    case "number":
      return numbersEqual(a, b);
    case "name":
      return String((a as QNameValue).name) === String((b as QNameValue).name);
    case "duration": {
      const [x, y] = [a as DurationValue, b as DurationValue];
      return x.months === y.months && compareExact(x.seconds, y.seconds) === 0;
    }
    default:
      return orderOf(kind, a, b) === 0;
  }
}

/** Negative, 0 or positive; NaN when the two are not ordered. @throws QueryError XPTY0004 */
function order(a: AtomicValue, b: AtomicValue, operator: ValueComparison): number {
  if (typeof a === "string" && typeof b === "string") return compareStrings(a, b);
  const kind = kindOf(a, b, operator);
  const hasOrder = kind !== "name" && (kind !== "duration" || isOrderedDuration(a, b)) && !isPartOfDate(a, kind);
  if (hasOrder) return orderOf(kind, a, b);
  throw incomparable(a, b, operator);
}

type Kind = "text" | "number" | "boolean" | "instant" | "duration" | "binary" | "name";

function kindOf(a: AtomicValue, b: AtomicValue, operator: ValueComparison): Kind {
  const [typeA, typeB] = [typeOf(a), typeOf(b)];
  const kind = kindOfType(typeA);
  const isSame =
    kind === "instant" || kind === "binary" ? typeA.primitive === typeB.primitive : kind === kindOfType(typeB);
  if (isSame && kind !== undefined) return kind;
  throw incomparable(a, b, operator);
}

function kindOfType(type: AtomicType): Kind | undefined {
  switch (type.primitive) {
    case types.STRING:
    case types.ANY_URI:
    case types.UNTYPED_ATOMIC:
      return "text";
    case types.DECIMAL:
    case types.DOUBLE:
    case types.FLOAT:
      return "number";
    case types.BOOLEAN:
      return "boolean";
    case types.DURATION:
      return "duration";
    case types.HEX_BINARY:
    case types.BASE64_BINARY:
      return "binary";
    case types.QNAME:
      return "name";
    case types.NOTATION:
    case undefined:
      return undefined;
    default:
      return "instant";
  }
}

function isOrderedDuration(a: AtomicValue, b: AtomicValue): boolean {
  const [typeA, typeB] = [typeOf(a), typeOf(b)];
  return typeA !== types.DURATION && typeA === typeB;
}

/** gYear and its like can only be equal. */
function isPartOfDate(value: AtomicValue, kind: Kind): boolean {
  return kind === "instant" && ![types.DATE_TIME, types.DATE, types.TIME].includes(typeOf(value).primitive!);
}

function orderOf(kind: Kind, a: AtomicValue, b: AtomicValue): number {
  switch (kind) {
    case "text":
      return compareStrings(textOf(a), textOf(b));
    case "number":
      return compareNumbers(a, b);
    case "boolean":
      return Number(a) - Number(b);
    case "instant":
      return compareExact(
        instantOf(a as DateTimeValue, IMPLICIT_TIMEZONE),
        instantOf(b as DateTimeValue, IMPLICIT_TIMEZONE),
      );
    case "duration": {
      const [x, y] = [a as DurationValue, b as DurationValue];
      return x.months - y.months || compareExact(x.seconds, y.seconds);
    }
    case "binary":
      return Buffer.compare((a as BinaryValue).bytes, (b as BinaryValue).bytes);
    case "name":
      return Number.NaN;
  }
}

function numbersEqual(a: AtomicValue, b: AtomicValue): boolean {
  return compareNumbers(a, b) === 0;
}

/** After promotion to the wider of the two types (XPath 3.1, appendix B.1); NaN when one of them is NaN. */
export function compareNumbers(a: AtomicValue, b: AtomicValue): number {
  if (typeof a === "bigint" && typeof b === "bigint") return a < b ? -1 : a > b ? 1 : 0;
  const [exactA, exactB] = [toExact(a), toExact(b)];
  if (exactA !== undefined && exactB !== undefined) return compareExact(exactA, exactB);
  const isDouble = typeof a === "number" || typeof b === "number";
  const [x, y] = isDouble ? [toNumber(a), toNumber(b)] : [Math.fround(toNumber(a)), Math.fround(toNumber(b))];
  return x < y ? -1 : x > y ? 1 : x === y ? 0 : Number.NaN;
}

function incomparable(a: AtomicValue, b: AtomicValue, operator: ValueComparison): QueryError {
  return new QueryError(
    "XPTY0004",
    `${String(typeOf(a))} and ${String(typeOf(b))} cannot be compared with ${operator}`,
  );
}

/** `fn:deep-equal` of atomic values, and the cases of `switch`: NaN equals itself, values of different kinds are not equal. */
export function sameValue(a: AtomicValue, b: AtomicValue): boolean {
  if (isNaNValue(a) && isNaNValue(b)) return true;
  const [kindA, kindB] = [kindOfType(typeOf(a)), kindOfType(typeOf(b))];
  if (kindA !== kindB || kindA === undefined) return false;
  if ((kindA === "instant" || kindA === "binary") && typeOf(a).primitive !== typeOf(b).primitive) return false;
  return areEqual(a, b, "eq");
}

/** {@link sameValue} where either may be empty. */
export function sameForSwitch(a: AtomicValue | undefined, b: AtomicValue | undefined): boolean {
  return a === undefined || b === undefined ? a === b : sameValue(a, b);
}

export function isNaNValue(value: AtomicValue): boolean {
  return typeof value === "number" ? Number.isNaN(value) : value instanceof FloatValue && Number.isNaN(value.value);
}

/** The value that sorting compares: untyped values and URIs are strings. */
export function sortValue(value: AtomicValue): AtomicValue {
  return kindOfType(typeOf(value)) === "text" ? textOf(value) : value;
}

/**
 * The order of two keys of `order by` and `fn:sort` (XQuery 3.1, section 3.12.8): empty comes before or behind NaN, and NaN before or
 * behind everything else.
 *
 * @throws QueryError XPTY0004 when the types cannot be ordered
 */
export function orderValues(a: AtomicValue | undefined, b: AtomicValue | undefined, emptyIsGreatest: boolean): number {
  const [rankA, rankB] = [rankOf(a), rankOf(b)];
  if (rankA !== rankB) return emptyIsGreatest ? rankB - rankA : rankA - rankB;
  return a === undefined || b === undefined || rankA === 1 ? 0 : order(a, b, "lt");
}

function rankOf(value: AtomicValue | undefined): number {
  return value === undefined ? 0 : isNaNValue(value) ? 1 : 2;
}

/** The order of values for `min`, `max`: NaN where they are not ordered. @throws QueryError XPTY0004 */
export function compareForOrder(a: AtomicValue, b: AtomicValue): number {
  return order(a, b, "lt");
}
