import { documentName, isNCName, isName } from "../../xml/index.ts";
import * as types from "./atomic-type.ts";
import type { AtomicType } from "./atomic-type.ts";
import { BinaryValue, parseBinary } from "./binary-value.ts";
import { DateTimeValue, REFERENCE, parseDateTime } from "./date-time-value.ts";
import { DecimalValue } from "./decimal-value.ts";
import { DurationValue, parseDuration } from "./duration-value.ts";
import { FloatValue } from "./float-value.ts";
import { formatDouble } from "./format-number.ts";
import { integerFits } from "./integer-ranges.ts";
import { IntegerValue } from "./integer-value.ts";
import { typeOf, type AtomicValue } from "./item.ts";
import { exactOf, isNumeric, toExact, toNumber } from "./numeric.ts";
import { MAX_DIGITS } from "./number-size.ts";
import { parseDecimal } from "./parse-decimal.ts";
import { parseDouble } from "./parse-double.ts";
import { QNameValue } from "./qname-value.ts";
import { QueryError } from "./query-error.ts";
import { StringValue } from "./string-value.ts";

/** The namespace of a prefix; of the empty prefix the default element namespace. */
export type Prefixes = (prefix: string) => string | undefined;

/**
 * Casts a value to an atomic type (Functions and Operators 3.1, section 19).
 *
 * @param prefixes for casts to xs:QName; without them a name with a prefix is refused
 * @throws QueryError XPTY0004 when no value of the one type can become one of the other; FORG0001 when this one cannot;
 *   FOCA0002 for numbers that are out of range; FONS0004 for a prefix that is not declared
 */
export function cast(value: AtomicValue, target: AtomicType, prefixes?: Prefixes): AtomicValue {
  const source = typeOf(value);
  if (source === target) return value;
  if (source === types.STRING || source === types.UNTYPED_ATOMIC || source.isA(types.STRING)) {
    return castText(textOf(value), target, prefixes);
  }
  if (target === types.STRING) return textOf(value);
  if (target === types.UNTYPED_ATOMIC) return new StringValue(target, textOf(value));
  if (target.primitive === types.STRING) return castText(textOf(value), target, prefixes);
  const result = castBetween(value, source, target);
  if (result !== undefined) return result;
  throw new QueryError("XPTY0004", `a value of type ${String(source)} cannot be cast to ${String(target)}`);
}

/** The string that a value is cast to. */
export function textOf(value: AtomicValue): string {
  return typeof value === "number" ? formatDouble(value) : String(value);
}

/** The text with the white space of a type taken away (XML Schema part 2, section 4.3.6). */
function normalize(text: string, target: AtomicType): string {
  if (target === types.STRING || target === types.UNTYPED_ATOMIC) return text;
  if (target.name === "normalizedString") return text.replaceAll(/[\t\n\r]/g, " ");
  return text.replaceAll(/[ \t\n\r]+/g, " ").replace(/^ | $/g, "");
}

function castText(text: string, target: AtomicType, prefixes: Prefixes | undefined): AtomicValue {
  const normalized = normalize(text, target);
  const value = readText(normalized, target, prefixes);
  if (value !== undefined) return value;
  const shown = text.length > 60 ? `${text.slice(0, 60)}…` : text;
  throw new QueryError("FORG0001", `${JSON.stringify(shown)} is not an ${String(target)}`);
}

function readText(text: string, target: AtomicType, prefixes: Prefixes | undefined): AtomicValue | undefined {
  switch (target.primitive) {
    case types.STRING:
      if (target === types.STRING) return text;
      return isOfStringType(text, target.name) ? new StringValue(target, text) : undefined;
    case types.UNTYPED_ATOMIC:
      return new StringValue(target, text);
    case types.ANY_URI:
      return isUri(text) ? new StringValue(target, text) : undefined;
    case types.BOOLEAN:
      return text === "true" || text === "1" ? true : text === "false" || text === "0" ? false : undefined;
    case types.DOUBLE:
      return parseDouble(text);
    case types.FLOAT: {
      const number = parseDouble(text);
      return number === undefined ? undefined : new FloatValue(number);
    }
    case types.DECIMAL:
      if (text.length > MAX_DIGITS && /^[-+]?[0-9.]+$/.test(text))
        throw new QueryError("FOCA0006", `a number has more than ${MAX_DIGITS} digits`);
      if (target === types.DECIMAL) return parseDecimal(text);
      return /^[+-]?[0-9]+$/.test(text) ? integerOf(BigInt(text), target) : undefined;
    case types.DURATION:
      if (text.length > MAX_DIGITS) throw new QueryError("FODT0002", `a duration has more than ${MAX_DIGITS} digits`);
      return parseDuration(text, target);
    case types.HEX_BINARY:
    case types.BASE64_BINARY:
      return parseBinary(text, target);
    case types.QNAME:
      return readQName(text, prefixes);
    case types.NOTATION:
    case undefined:
      return undefined;
    default:
      if (text.length > MAX_DIGITS)
        throw new QueryError("FODT0001", `a date or time has more than ${MAX_DIGITS} digits`);
      return parseDateTime(text, target);
  }
}

function readQName(text: string, prefixes: Prefixes | undefined): QNameValue | undefined {
  const [, prefix = "", localName = ""] = /^(?:([^:]+):)?([^:]+)$/.exec(text) ?? [];
  if (!isNCName(localName) || (prefix !== "" && !isNCName(prefix))) return undefined;
  const namespace = prefixes?.(prefix) ?? (prefix === "" ? "" : undefined);
  if (namespace === undefined) throw new QueryError("FONS0004", `the prefix "${prefix}" is not declared`);
  return new QNameValue(prefix, documentName(namespace, localName));
}

/** An xs:integer, or a value of a type derived from it; undefined when it is out of the type's range. */
function integerOf(value: bigint, target: AtomicType): AtomicValue | undefined {
  if (target === types.INTEGER) return value;
  return integerFits(value, target.name) ? new IntegerValue(target, value) : undefined;
}

function isOfStringType(text: string, name: string): boolean {
  switch (name) {
    case "language":
      return /^[a-zA-Z]{1,8}(?:-[a-zA-Z0-9]{1,8})*$/.test(text);
    case "NMTOKEN":
      return text !== "" && isName(`_${text}`);
    case "Name":
      return isName(text);
    case "NCName":
    case "ID":
    case "IDREF":
    case "ENTITY":
      return isNCName(text);
    default:
      return true;
  }
}

/** Nearly everything is an anyURI (XML Schema part 2, section 3.2.17); what can never be one is refused. */
function isUri(text: string): boolean {
  return (
    !/%(?![0-9a-fA-F]{2})/.test(text) &&
    !/^[^:/?#]*:\/\/[^/?#]*[<>"{}|\\^`]/.test(text) &&
    !/#.*#/.test(text) &&
    !/^:/.test(text)
  );
}

function castBetween(value: AtomicValue, source: AtomicType, target: AtomicType): AtomicValue | undefined {
  if (isNumeric(source)) return castNumber(value, target);
  if (typeof value === "boolean") {
    if (!isNumeric(target)) return undefined;
    return castNumber(value ? 1n : 0n, target);
  }
  if (value instanceof DurationValue && target.primitive === types.DURATION) return castDuration(value, target);
  if (value instanceof DateTimeValue) return castDateTime(value, target);
  if (value instanceof BinaryValue) {
    const isBinary = target.primitive === types.HEX_BINARY || target.primitive === types.BASE64_BINARY;
    return isBinary ? new BinaryValue(target, value.bytes) : undefined;
  }
  return undefined;
}

function castNumber(value: AtomicValue, target: AtomicType): AtomicValue | undefined {
  switch (target.primitive) {
    case types.DOUBLE:
      return toNumber(value);
    case types.FLOAT:
      return new FloatValue(toNumber(value));
    case types.BOOLEAN: {
      const number = toNumber(value);
      return number !== 0 && !Number.isNaN(number);
    }
    case types.DECIMAL:
      return castToDecimal(value, target);
    default:
      return undefined;
  }
}

function castToDecimal(value: AtomicValue, target: AtomicType): AtomicValue {
  const exact = toExact(value) ?? finite(toNumber(value), target);
  if (target === types.DECIMAL) return DecimalValue.of(exact.unscaled, exact.scale);
  const integer = exact.unscaled / 10n ** BigInt(exact.scale);
  const result = integerOf(integer, target);
  if (result !== undefined) return result;
  throw new QueryError("FORG0001", `${integer} is out of the range of ${String(target)}`);
}

function finite(number: number, target: AtomicType): { readonly unscaled: bigint; readonly scale: number } {
  if (Number.isFinite(number)) return exactOf(number);
  throw new QueryError("FOCA0002", `${formatDouble(number)} cannot be cast to ${String(target)}`);
}

function castDuration(value: DurationValue, target: AtomicType): DurationValue {
  if (target === types.YEAR_MONTH_DURATION) return DurationValue.yearMonth(value.months);
  if (target === types.DAY_TIME_DURATION) return DurationValue.dayTime(value.seconds);
  return new DurationValue(target, value.months, value.seconds);
}

/** The parts that a type has come from the value, the others are those of the reference date (section 19.1.4). */
function castDateTime(value: DateTimeValue, target: AtomicType): DateTimeValue | undefined {
  const source = value.type.primitive;
  if (source === target.primitive) {
    if (target.name === "dateTimeStamp" && value.timezone === undefined) {
      throw new QueryError("FORG0001", "an xs:dateTimeStamp needs a timezone");
    }
    return new DateTimeValue(target, value);
  }
  const { year, month, day, hour, minute, second, timezone } = value;
  const fromDate = source === types.DATE_TIME || source === types.DATE;
  switch (target.primitive) {
    case types.DATE_TIME:
      return source === types.DATE
        ? new DateTimeValue(target, { ...REFERENCE, year, month, day, timezone })
        : undefined;
    case types.DATE:
      return source === types.DATE_TIME
        ? new DateTimeValue(target, { ...REFERENCE, year, month, day, timezone })
        : undefined;
    case types.TIME:
      return source === types.DATE_TIME
        ? new DateTimeValue(target, { ...REFERENCE, hour, minute, second, timezone })
        : undefined;
    case types.G_YEAR_MONTH:
      return fromDate ? new DateTimeValue(target, { ...REFERENCE, year, month, day: 1, timezone }) : undefined;
    case types.G_YEAR:
      return fromDate ? new DateTimeValue(target, { ...REFERENCE, year, month: 1, day: 1, timezone }) : undefined;
    case types.G_MONTH_DAY:
      return fromDate ? new DateTimeValue(target, { ...REFERENCE, month, day, timezone }) : undefined;
    case types.G_DAY:
      return fromDate ? new DateTimeValue(target, { ...REFERENCE, day, timezone }) : undefined;
    case types.G_MONTH:
      return fromDate ? new DateTimeValue(target, { ...REFERENCE, month, day: 1, timezone }) : undefined;
    default:
      return undefined;
  }
}
