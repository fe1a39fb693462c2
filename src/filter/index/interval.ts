import type { Bound } from "./formula.ts";
import type { RangeLevel } from "./access-plan.ts";
import { nextDown, nextUp } from "./next-number.ts";
import { readInstant } from "./path-values.ts";

/** All values that pass a range test lie in it, ends included. */
export interface Interval {
  readonly low: number;
  readonly high: number;
  /** Values that do not pass lie in it, too. */
  readonly isWide: boolean;
}

/** The interval of a range test with the texts of its literals. */
export function intervalOf({ lower, upper, scale }: RangeLevel, textOf: (bound: Bound) => string): Interval {
  let isWide = false;
  const endOf = (bound: Bound | undefined, isLower: boolean): number => {
    const open = isLower ? -Infinity : Infinity;
    if (bound === undefined) return open;
    const end = readEnd(bound, textOf(bound), scale);
    if (end === undefined || !Number.isFinite(end.number)) isWide = true;
    if (end === undefined) return open;
    const outwards = isLower ? nextDown : nextUp;
    if (scale === "exact" || !end.isPrecise) {
      isWide = true;
      return outwards(end.number);
    }
    if (!bound.isStrict) return end.number;
    return isLower ? nextUp(end.number) : nextDown(end.number);
  };
  const low = endOf(lower, true);
  const high = endOf(upper, false);
  return { low, high, isWide };
}

function readEnd(
  { isNegative }: Bound,
  text: string,
  scale: RangeLevel["scale"],
): { readonly number: number; readonly isPrecise: boolean } | undefined {
  if (scale === "double" || scale === "exact")
    return { number: isNegative ? -Number(text) : Number(text), isPrecise: true };
  const instant = readInstant(text, scale);
  return instant === undefined ? undefined : { number: instant.seconds, isPrecise: instant.isPrecise };
}
