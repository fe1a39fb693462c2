import * as types from "./atomic-type.ts";
import { DateTimeValue, instantOf } from "./date-time-value.ts";
import type { DurationValue } from "./duration-value.ts";
import { FloatValue } from "./float-value.ts";
import { isNaNValue } from "./compare-values.ts";
import { textOf } from "./cast.ts";
import { typeOf, type AtomicValue } from "./item.ts";
import { exactOf, isNumeric, toExact, toNumber } from "./numeric.ts";
import { DecimalValue } from "./decimal-value.ts";
import type { QNameValue } from "./qname-value.ts";

/**
 * A string that is the same for two keys exactly when they are the same key (`op:same-key`, Functions and Operators 3.1, section 17.1.1):
 * numbers by their exact value, dates with a timezone never equal to those without.
 */
export function mapKey(value: AtomicValue): string {
  if (typeof value === "string") return `s${value}`;
  const type = typeOf(value);
  switch (type.primitive) {
    case types.STRING:
    case types.ANY_URI:
    case types.UNTYPED_ATOMIC:
      return `s${textOf(value)}`;
    case types.BOOLEAN:
      return `b${String(value)}`;
    case types.DURATION: {
      const { months, seconds } = value as DurationValue;
      return `d${months} ${String(seconds)}`;
    }
    case types.QNAME:
      return `q${String((value as QNameValue).name)}`;
    case types.HEX_BINARY:
    case types.BASE64_BINARY:
      return `${type.primitive.name}${String(value)}`;
    default:
  }
  if (isNumeric(type)) return `n${numberKey(value)}`;
  const date = value as DateTimeValue;
  const zone = date.timezone === undefined ? "local" : "zoned";
  return `${type.primitive!.name} ${zone} ${String(instantOf(date, 0))}`;
}

/** The same for values that `eq` calls equal; NaN equals NaN (XQuery 3.1, section 3.12.7). */
export function groupingKey(value: AtomicValue): string {
  if (isNumeric(typeOf(value))) return `n${isNaNValue(value) ? "NaN" : String(toNumber(value) + 0)}`;
  if (value instanceof DateTimeValue) return `${value.type.primitive!.name} ${String(instantOf(value, 0))}`;
  return mapKey(value);
}

function numberKey(value: AtomicValue): string {
  const exact = toExact(value);
  if (exact !== undefined) return String(DecimalValue.of(exact.unscaled, exact.scale));
  const number = value instanceof FloatValue ? value.value : toNumber(value);
  if (!Number.isFinite(number)) return String(number);
  const { unscaled, scale } = exactOf(number);
  return String(DecimalValue.of(unscaled, scale));
}
