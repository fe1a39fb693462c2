import type { ArithmeticOperator } from "../syntax/ast.ts";
import {
  DATE,
  DATE_TIME,
  DAY_TIME_DURATION,
  DOUBLE,
  TIME,
  UNTYPED_ATOMIC,
  YEAR_MONTH_DURATION,
} from "./atomic-type.ts";
import { cast } from "./cast.ts";
import { dateArithmetic } from "./date-arithmetic.ts";
import { DecimalValue } from "./decimal-value.ts";
import { FloatValue } from "./float-value.ts";
import { typeOf, type AtomicValue } from "./item.ts";
import { bounded } from "./number-size.ts";
import { isNumeric, toExact, toInteger, toNumber } from "./numeric.ts";
import { QueryError } from "./query-error.ts";

/**
 * Arithmetic (XPath 3.1, section 3.5): exact for integers and decimals; untyped values are xs:double.
 *
 * @throws QueryError XPTY0004 for types without this operation, FORG0001, FOAR0001 (division by zero), FOAR0002, FODT0001, FODT0002
 */
export function arithmetic(operator: ArithmeticOperator, a: AtomicValue, b: AtomicValue): AtomicValue {
  return bounded(unbounded(operator, a, b));
}

function unbounded(operator: ArithmeticOperator, a: AtomicValue, b: AtomicValue): AtomicValue {
  if (typeof a === "bigint" && typeof b === "bigint") return integers(operator, a, b);
  const left = typeOf(a) === UNTYPED_ATOMIC ? cast(a, DOUBLE) : a;
  const right = typeOf(b) === UNTYPED_ATOMIC ? cast(b, DOUBLE) : b;
  if (isNumeric(typeOf(left)) && isNumeric(typeOf(right))) return numbers(operator, left, right);
  const result = isDateType(left) || isDateType(right) ? dateArithmetic(operator, left, right) : undefined;
  if (result !== undefined) return result;
  throw new QueryError("XPTY0004", `${String(typeOf(left))} ${operator} ${String(typeOf(right))} is not defined`);
}

function isDateType(value: AtomicValue): boolean {
  const type = typeOf(value);
  return (
    [DATE_TIME, DATE, TIME].includes(type.primitive!) || type.isA(YEAR_MONTH_DURATION) || type.isA(DAY_TIME_DURATION)
  );
}

/** The sign. @throws QueryError XPTY0004, FORG0001 */
export function negate(value: AtomicValue, isNegative: boolean): AtomicValue {
  const number = typeOf(value) === UNTYPED_ATOMIC ? cast(value, DOUBLE) : value;
  if (!isNumeric(typeOf(number))) {
    throw new QueryError("XPTY0004", `a value of type ${String(typeOf(number))} has no sign; expected a number`);
  }
  const integer = toInteger(number);
  if (integer !== undefined) return isNegative ? -integer : integer;
  if (!isNegative) return number;
  if (number instanceof DecimalValue) return DecimalValue.of(-number.unscaled, number.scale);
  return number instanceof FloatValue ? new FloatValue(-number.value) : -toNumber(number);
}

function numbers(operator: ArithmeticOperator, a: AtomicValue, b: AtomicValue): AtomicValue {
  const [integerA, integerB] = [toInteger(a), toInteger(b)];
  if (integerA !== undefined && integerB !== undefined) return integers(operator, integerA, integerB);
  const [exactA, exactB] = [toExact(a), toExact(b)];
  if (exactA !== undefined && exactB !== undefined) return decimals(operator, exactA, exactB);
  const isDouble = typeof a === "number" || typeof b === "number";
  const result = isDouble
    ? floats(operator, toNumber(a), toNumber(b))
    : floats(operator, Math.fround(toNumber(a)), Math.fround(toNumber(b)));
  return isDouble || typeof result === "bigint" ? result : new FloatValue(result);
}

function integers(operator: ArithmeticOperator, a: bigint, b: bigint): AtomicValue {
  switch (operator) {
    case "+":
      return a + b;
    case "-":
      return a - b;
    case "*":
      return a * b;
    case "div":
      return decimals(operator, { unscaled: a, scale: 0 }, { unscaled: b, scale: 0 });
    case "idiv":
      if (b === 0n) throw divisionByZero();
      return a / b;
    case "mod":
      if (b === 0n) throw divisionByZero();
      return a % b;
  }
}

interface Exact {
  readonly unscaled: bigint;
  readonly scale: number;
}

/** Digits behind the point that a division keeps at least; the rest is rounded half to even. */
const DIVISION_DIGITS = 18;

function decimals(operator: ArithmeticOperator, a: Exact, b: Exact): AtomicValue {
  const scale = Math.max(a.scale, b.scale);
  const x = a.unscaled * 10n ** BigInt(scale - a.scale);
  const y = b.unscaled * 10n ** BigInt(scale - b.scale);
  switch (operator) {
    case "+":
      return DecimalValue.of(x + y, scale);
    case "-":
      return DecimalValue.of(x - y, scale);
    case "*":
      return DecimalValue.of(a.unscaled * b.unscaled, a.scale + b.scale);
    case "div":
      if (y === 0n) throw divisionByZero();
      return divide(x, y, Math.max(DIVISION_DIGITS, scale));
    case "idiv":
      if (y === 0n) throw divisionByZero();
      return x / y;
    case "mod":
      if (y === 0n) throw divisionByZero();
      return DecimalValue.of(x % y, scale);
  }
}

/** The quotient with so many digits behind the point, rounded half to even. */
export function divide(dividend: bigint, divisor: bigint, digits: number): DecimalValue {
  const scaled = dividend * 10n ** BigInt(digits);
  let quotient = scaled / divisor;
  const rest = scaled % divisor;
  const twice = (rest < 0n ? -rest : rest) * 2n;
  const size = divisor < 0n ? -divisor : divisor;
  if (twice > size || (twice === size && quotient % 2n !== 0n)) {
    quotient += dividend < 0n === divisor < 0n ? 1n : -1n;
  }
  return DecimalValue.of(quotient, digits);
}

function floats(operator: ArithmeticOperator, a: number, b: number): number | bigint {
  switch (operator) {
    case "+":
      return a + b;
    case "-":
      return a - b;
    case "*":
      return a * b;
    case "div":
      return a / b;
    case "mod":
      return a % b;
    case "idiv": {
      if (b === 0) throw divisionByZero();
      if (Number.isNaN(a) || Number.isNaN(b) || !Number.isFinite(a)) {
        throw new QueryError("FOAR0002", "idiv of NaN or of infinity has no value");
      }
      if (!Number.isFinite(b)) return 0n;
      const quotient = Math.trunc(a / b);
      if (Number.isFinite(quotient)) return BigInt(quotient);
      throw new QueryError("FOAR0002", "the quotient is out of range");
    }
  }
}

function divisionByZero(): QueryError {
  return new QueryError("FOAR0001", "division by zero");
}
