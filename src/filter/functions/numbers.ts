import { DOUBLE } from "../values/atomic-type.ts";
import { atomizeAll } from "../values/atomize.ts";
import { cast } from "../values/cast.ts";
import { DecimalValue } from "../values/decimal-value.ts";
import { FloatValue } from "../values/float-value.ts";
import type { AtomicValue, Sequence } from "../values/item.ts";
import { exactOf, toExact, toInteger, toNumber } from "../values/numeric.ts";
import { BudgetError, QueryError } from "../values/query-error.ts";
import { contextItem } from "./context-value.ts";
import { define, type Implementation } from "./define.ts";
import type { FunctionDefinition } from "./function-definition.ts";
import { integerArgument, optionalValue } from "./arguments.ts";

type Exact = Pick<DecimalValue, "unscaled" | "scale">;

/** How the digits behind the wanted ones are taken away: to the multiple of `unit` that is chosen. */
type Rounding = (unscaled: bigint, unit: bigint) => bigint;

const floor: Rounding = (n, unit) => (n >= 0n ? n / unit : -((-n + unit - 1n) / unit));
const ceiling: Rounding = (n, unit) => -floor(-n, unit);
/** Half towards positive infinity. */
const halfUp: Rounding = (n, unit) => floor(2n * n + unit, 2n * unit);
const halfToEven: Rounding = (n, unit) => {
  const down = floor(n, unit);
  const twice = 2n * (n - down * unit);
  if (twice !== unit) return twice > unit ? down + 1n : down;
  return down % 2n === 0n ? down : down + 1n;
};

/** Rounds to `digits` behind the point (before it, when negative); the result has the type of the argument. */
function roundTo(value: AtomicValue, digits: bigint, rounding: Rounding): AtomicValue {
  const integer = toInteger(value);
  if (integer !== undefined && digits >= 0n) return integer;
  const exact = toExact(value);
  if (exact !== undefined) {
    const rounded = roundExact(exact, digits, rounding);
    return integer === undefined ? rounded : rounded.unscaled * 10n ** BigInt(-rounded.scale);
  }
  const number = toNumber(value);
  const result = roundDouble(number, digits, rounding);
  return value instanceof FloatValue ? new FloatValue(result) : result;
}

function roundExact({ unscaled, scale }: Exact, digits: bigint, rounding: Rounding): DecimalValue {
  const drop = BigInt(scale) - digits;
  if (drop <= 0n) return DecimalValue.of(unscaled, scale);
  // All digits and more are dropped: only the sign still counts.
  const bounded = drop > MAX_DROPPED ? MAX_DROPPED : drop;
  const rounded = rounding(unscaled, 10n ** bounded);
  if (digits >= 0n) return DecimalValue.of(rounded, Number(digits));
  return DecimalValue.of(rounded === 0n ? 0n : rounded * 10n ** -digits, 0);
}

const MAX_DROPPED = 2000n;

function roundDouble(number: number, digits: bigint, rounding: Rounding): number {
  if (!Number.isFinite(number) || number === 0 || digits > 400n) return number;
  if (digits < -400n) return number < 0 ? -0 : 0;
  const rounded = roundExact(exactOf(number), digits, rounding);
  const result = Number(String(rounded));
  // What is rounded to zero keeps its sign.
  return result === 0 && number < 0 ? -0 : result;
}

function rounded(rounding: Rounding): Implementation {
  return ([argument, precision]) => {
    const value = optionalValue(argument);
    if (value === undefined) return [];
    return [roundTo(value, precision === undefined ? 0n : integerArgument(precision), rounding)];
  };
}

function absolute([argument]: readonly Sequence[]): Sequence {
  const value = optionalValue(argument);
  if (value === undefined) return [];
  const integer = toInteger(value);
  if (integer !== undefined) return [integer < 0n ? -integer : integer];
  if (value instanceof DecimalValue)
    return [value.unscaled < 0n ? DecimalValue.of(-value.unscaled, value.scale) : value];
  return [value instanceof FloatValue ? new FloatValue(Math.abs(value.value)) : Math.abs(toNumber(value))];
}

/** `fn:number` (Functions and Operators 3.1, section 4.5.1): NaN for whatever is no number. */
function numberOf(value: AtomicValue | undefined): number {
  if (value === undefined) return Number.NaN;
  try {
    return toNumber(cast(value, DOUBLE));
  } catch (error) {
    if (error instanceof QueryError && !(error instanceof BudgetError)) return Number.NaN;
    throw error;
  }
}

/** Functions and Operators 3.1, sections 4.4 and 4.5. */
export const NUMBER_FUNCTIONS: readonly FunctionDefinition[] = [
  define("fn:abs($arg as xs:numeric?) as xs:numeric?", absolute),
  define("fn:ceiling($arg as xs:numeric?) as xs:numeric?", rounded(ceiling)),
  define("fn:floor($arg as xs:numeric?) as xs:numeric?", rounded(floor)),
  define("fn:round($arg as xs:numeric?) as xs:numeric?", rounded(halfUp)),
  define("fn:round($arg as xs:numeric?, $precision as xs:integer) as xs:numeric?", rounded(halfUp)),
  define("fn:round-half-to-even($arg as xs:numeric?) as xs:numeric?", rounded(halfToEven)),
  define("fn:round-half-to-even($arg as xs:numeric?, $precision as xs:integer) as xs:numeric?", rounded(halfToEven)),
  define("fn:number($arg as xs:anyAtomicType?) as xs:double", ([argument]) => [numberOf(optionalValue(argument))]),
  define(
    "fn:number() as xs:double",
    (_, context) => {
      const values = atomizeAll([contextItem(context)]);
      if (values.length > 1)
        throw new QueryError("XPTY0004", `the context item has ${values.length} values; expected one`);
      return [numberOf(values[0])];
    },
    { usesFocus: true },
  ),
];
