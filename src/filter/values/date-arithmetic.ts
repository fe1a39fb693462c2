import type { ArithmeticOperator } from "../syntax/ast.ts";
import { DATE, DAY_TIME_DURATION, TIME, YEAR_MONTH_DURATION } from "./atomic-type.ts";
import { divide } from "./arithmetic.ts";
import { daysInMonth } from "./calendar.ts";
import { IMPLICIT_TIMEZONE } from "./compare-values.ts";
import { DateTimeValue, MAX_YEAR, instantOf, partsOfInstant, type DateTimeParts } from "./date-time-value.ts";
import { DecimalValue } from "./decimal-value.ts";
import { DurationValue } from "./duration-value.ts";
import { typeOf, type AtomicValue } from "./item.ts";
import { exactOf, isNumeric, toExact, toNumber } from "./numeric.ts";
import { QueryError } from "./query-error.ts";

/** Arithmetic with dates, times and durations (Functions and Operators 3.1, sections 8.4 and 9.7); undefined where it is not defined. */
export function dateArithmetic(operator: ArithmeticOperator, a: AtomicValue, b: AtomicValue): AtomicValue | undefined {
  if (a instanceof DurationValue && b instanceof DurationValue) return durations(operator, a, b);
  if (a instanceof DurationValue && isNumeric(typeOf(b))) {
    return operator === "*" || operator === "div" ? scale(a, b, operator) : undefined;
  }
  if (b instanceof DurationValue && isNumeric(typeOf(a))) return operator === "*" ? scale(b, a, operator) : undefined;
  if (a instanceof DateTimeValue && b instanceof DurationValue) {
    return operator === "+" || operator === "-" ? shift(a, b, operator === "+" ? 1 : -1) : undefined;
  }
  if (a instanceof DurationValue && b instanceof DateTimeValue) return operator === "+" ? shift(b, a, 1) : undefined;
  if (a instanceof DateTimeValue && b instanceof DateTimeValue && operator === "-") return difference(a, b);
  return undefined;
}

function durations(operator: ArithmeticOperator, a: DurationValue, b: DurationValue): AtomicValue | undefined {
  if (a.type !== b.type || (a.type !== YEAR_MONTH_DURATION && a.type !== DAY_TIME_DURATION)) return undefined;
  const areMonths = a.type === YEAR_MONTH_DURATION;
  switch (operator) {
    case "+":
      return areMonths
        ? DurationValue.yearMonth(a.months + b.months)
        : DurationValue.dayTime(add(a.seconds, b.seconds, 1n));
    case "-":
      return areMonths
        ? DurationValue.yearMonth(a.months - b.months)
        : DurationValue.dayTime(add(a.seconds, b.seconds, -1n));
    case "div": {
      const [x, y] = areMonths
        ? [BigInt(a.months), BigInt(b.months)]
        : [a.seconds.unscaled * 10n ** BigInt(b.seconds.scale), b.seconds.unscaled * 10n ** BigInt(a.seconds.scale)];
      if (y === 0n) throw new QueryError("FOAR0001", "division by a duration of zero");
      return divide(x, y, 18);
    }
    default:
      return undefined;
  }
}

function scale(duration: DurationValue, factor: AtomicValue, operator: "*" | "div"): DurationValue | undefined {
  if (duration.type !== YEAR_MONTH_DURATION && duration.type !== DAY_TIME_DURATION) return undefined;
  const number = toNumber(factor);
  if (Number.isNaN(number)) throw new QueryError("FOCA0005", "a duration cannot be multiplied or divided by NaN");
  if (operator === "div" && number === 0) throw new QueryError("FODT0002", "a duration cannot be divided by zero");
  if (!Number.isFinite(number)) {
    if (operator === "*") throw new QueryError("FODT0002", "the duration is too long");
    return new DurationValue(duration.type, 0, DecimalValue.of(0n, 0));
  }
  const exact = toExact(factor) ?? exactOf(number);
  if (duration.type === YEAR_MONTH_DURATION) {
    const months = duration.months;
    const unit = 10n ** BigInt(exact.scale);
    const quotient =
      operator === "*"
        ? divide(BigInt(months) * exact.unscaled, unit, 18)
        : divide(BigInt(months) * unit, exact.unscaled, 18);
    return DurationValue.yearMonth(roundHalfUp(quotient));
  }
  const { unscaled, scale: places } = duration.seconds;
  if (operator === "*") return DurationValue.dayTime(DecimalValue.of(unscaled * exact.unscaled, places + exact.scale));
  const seconds = divide(unscaled * 10n ** BigInt(exact.scale), exact.unscaled * 10n ** BigInt(places), 18);
  return DurationValue.dayTime(seconds);
}

/** The nearest whole number; of two the greater one. */
function roundHalfUp({ unscaled, scale: places }: DecimalValue): number {
  const unit = 10n ** BigInt(places);
  const doubled = unscaled * 2n + unit;
  const floor = doubled >= 0n ? doubled / (2n * unit) : -((-doubled + 2n * unit - 1n) / (2n * unit));
  return Number(floor);
}

function add(a: DecimalValue, b: DecimalValue, sign: 1n | -1n): DecimalValue {
  const places = Math.max(a.scale, b.scale);
  const x = a.unscaled * 10n ** BigInt(places - a.scale);
  const y = b.unscaled * 10n ** BigInt(places - b.scale);
  return DecimalValue.of(x + sign * y, places);
}

/** A date or time moved by a duration (XML Schema part 2, appendix E). */
function shift(value: DateTimeValue, duration: DurationValue, sign: 1 | -1): DateTimeValue | undefined {
  const { type } = value;
  if (duration.type === YEAR_MONTH_DURATION) {
    if (type.primitive === TIME) return undefined;
    const months = value.year * 12 + value.month - 1 + sign * duration.months;
    const year = Math.floor(months / 12);
    const month = months - year * 12 + 1;
    if (Math.abs(year) > MAX_YEAR) throw new QueryError("FODT0001", "the date is too far away");
    return new DateTimeValue(type.primitive!, {
      ...copy(value),
      year,
      month,
      day: Math.min(value.day, daysInMonth(year, month)),
    });
  }
  if (duration.type !== DAY_TIME_DURATION) return undefined;
  const zone = value.timezone ?? IMPLICIT_TIMEZONE;
  const instant = add(instantOf(value, IMPLICIT_TIMEZONE), duration.seconds, sign === 1 ? 1n : -1n);
  const parts = partsOfInstant(instant, zone, value.timezone);
  switch (type.primitive) {
    case TIME: {
      const { year, month, day } = value;
      return new DateTimeValue(type.primitive, { ...parts, year, month, day });
    }
    case DATE:
      return new DateTimeValue(type.primitive, { ...parts, hour: 0, minute: 0, second: DecimalValue.of(0n, 0) });
    default:
      return new DateTimeValue(type.primitive!, parts);
  }
}

function copy({ year, month, day, hour, minute, second, timezone }: DateTimeParts): DateTimeParts {
  return { year, month, day, hour, minute, second, timezone };
}

function difference(a: DateTimeValue, b: DateTimeValue): DurationValue | undefined {
  if (a.type.primitive !== b.type.primitive) return undefined;
  return DurationValue.dayTime(add(instantOf(a, IMPLICIT_TIMEZONE), instantOf(b, IMPLICIT_TIMEZONE), -1n));
}
