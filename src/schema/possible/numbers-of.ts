import type { SimpleTypeOutline } from "../model/simple-type.ts";
import { ALL_NUMBERS, rangeOfNumber, widened, type NumberRange } from "./number-range.ts";
import { familyOf } from "./text-family.ts";

/** The numbers that the values of a type stand for; undefined when it is no type of numbers. */
export function numbersOf({ variety, builtIn, facets }: SimpleTypeOutline): NumberRange | undefined {
  if (variety !== "atomic" || familyOf(builtIn) !== "number") return undefined;
  const whole = BUILT_IN_RANGES[builtIn];
  const isInteger = whole !== undefined;
  const [lowest, highest] = whole ?? [ALL_NUMBERS.min, ALL_NUMBERS.max];
  const min = Math.max(
    lowest,
    lowerBound(facets["minInclusive"], 0),
    lowerBound(facets["minExclusive"], isInteger ? 1 : 0),
  );
  const max = Math.min(
    highest,
    upperBound(facets["maxInclusive"], 0),
    upperBound(facets["maxExclusive"], isInteger ? 1 : 0),
  );
  return widened({ min, max, isInteger }, ROUNDING[builtIn] ?? 0);
}

/** @param step what the lowest value is above the bound */
function lowerBound(facet: string | undefined, step: number): number {
  const range = facet === undefined ? undefined : rangeOfNumber(facet);
  return range === undefined ? -Infinity : range.isInteger ? range.min + step : range.min;
}

function upperBound(facet: string | undefined, step: number): number {
  const range = facet === undefined ? undefined : rangeOfNumber(facet);
  return range === undefined ? Infinity : range.isInteger ? range.max - step : range.max;
}

/** The integer types (XML Schema 1.0 part 2, section 3.3); bounds beyond 15 digits are rounded outwards. */
const BUILT_IN_RANGES: Readonly<Record<string, readonly [min: number, max: number] | undefined>> = {
  integer: [-Infinity, Infinity],
  nonPositiveInteger: [-Infinity, 0],
  negativeInteger: [-Infinity, -1],
  nonNegativeInteger: [0, Infinity],
  positiveInteger: [1, Infinity],
  long: [-(2 ** 63) - 4096, 2 ** 63 + 4096],
  int: [-(2 ** 31), 2 ** 31 - 1],
  short: [-(2 ** 15), 2 ** 15 - 1],
  byte: [-(2 ** 7), 2 ** 7 - 1],
  unsignedLong: [0, 2 ** 64 + 8192],
  unsignedInt: [0, 2 ** 32 - 1],
  unsignedShort: [0, 2 ** 16 - 1],
  unsignedByte: [0, 2 ** 8 - 1],
};

/** A text beyond a bound may be rounded to it, by this part of its size at most. */
const ROUNDING: Readonly<Record<string, number | undefined>> = { float: 2 ** -20, double: 2 ** -50 };
