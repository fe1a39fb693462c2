/** Numbers between two bounds, which belong to it. */
export interface NumberRange {
  readonly min: number;
  readonly max: number;
  /** Whether only whole numbers are among them. */
  readonly isInteger: boolean;
}

/** All numbers. */
export const ALL_NUMBERS: NumberRange = { min: -Infinity, max: Infinity, isInteger: false };

/**
 * A number as it is written, as a range: a double cannot tell apart decimals of more than 15 digits, so that these get some
 * room on both sides. Undefined for what is no number.
 */
export function rangeOfNumber(text: string): NumberRange | undefined {
  const written = text.trim();
  const value = Number(written === "INF" ? "Infinity" : written === "-INF" ? "-Infinity" : written);
  if (written === "" || Number.isNaN(value)) return undefined;
  const digits = written
    .replace(/[eE].*$/, "")
    .replace(/\D/g, "")
    .replace(/^0+/, "").length;
  const room = digits <= EXACT_DIGITS || !Number.isFinite(value) ? 0 : Math.abs(value) * ROOM;
  return { min: value - room, max: value + room, isInteger: room === 0 && Number.isInteger(value) };
}

/** The smallest range that has both in it. */
export function joinRanges(a: NumberRange, b: NumberRange): NumberRange {
  return { min: Math.min(a.min, b.min), max: Math.max(a.max, b.max), isInteger: a.isInteger && b.isInteger };
}

/** Widens the bounds by a part of their size, for types whose values are rounded. */
export function widened({ min, max, isInteger }: NumberRange, part: number): NumberRange {
  const room = (bound: number): number => (Number.isFinite(bound) ? Math.abs(bound) * part : 0);
  return { min: min - room(min), max: max + room(max), isInteger };
}

/** Decimals of so many digits are different doubles where they are different. */
const EXACT_DIGITS = 15;

/** Several times the distance between a double and its neighbour. */
const ROOM = 2 ** -50;
