import { daysBefore } from "./calendar.ts";
import { digitsEnd } from "./digits.ts";

/** A duration (XML Schema 1.0 part 2, section 3.2.6): months and seconds, which cannot be converted into each other. */
export interface Duration {
  readonly months: number;
  readonly seconds: number;
}

/** Reads a duration such as `-P1Y2M3DT10H30M1.5S`; undefined when the text is none. */
export function parseDuration(text: string): Duration | undefined {
  const sign = text.startsWith("-") ? -1 : 1;
  let at = sign < 0 ? 1 : 0;
  if (text[at++] !== "P") return undefined;
  let [months, seconds] = [0, 0];
  let next = 0;
  let hasTime = false;
  let isComplete = false;
  while (at < text.length) {
    if (text[at] === "T" && !hasTime) {
      next = FIRST_OF_TIME;
      hasTime = true;
      isComplete = false;
      at++;
      continue;
    }
    const point = digitsEnd(text, at);
    const end = text[point] === "." ? digitsEnd(text, point + 1) : point;
    const field = FIELDS.findIndex(({ letter }, index) => index >= next && letter === text[end]);
    if (point === at || field < 0 || field >= FIRST_OF_TIME !== hasTime) return undefined;
    const { letter, unit, amount } = FIELDS[field]!;
    if (end > point && (letter !== "S" || end === point + 1)) return undefined;
    const value = Number(text.slice(at, end)) * amount;
    if (unit === "months") months += value;
    else seconds += value;
    next = field + 1;
    isComplete = true;
    at = end + 1;
  }
  // "P" alone is none, nor is one that ends with "T".
  return isComplete ? { months: sign * months || 0, seconds: sign * seconds || 0 } : undefined;
}

/** The sign of a minus b; undefined when it depends on where the durations begin (section 3.2.6.2). */
export function compareDurations(a: Duration, b: Duration): number | undefined {
  if (a.months === b.months) return Math.sign(a.seconds - b.seconds);
  let result: number | undefined;
  for (const [year, month] of REFERENCE_POINTS) {
    const order = Math.sign(secondsAfter(year, month, a) - secondsAfter(year, month, b));
    if (result !== undefined && order !== result) return undefined;
    result = order;
  }
  return result;
}

function secondsAfter(year: number, month: number, { months, seconds }: Duration): number {
  return daysBefore(year, month + months) * 86_400 + seconds;
}

const FIELDS: readonly { readonly letter: string; readonly unit: keyof Duration; readonly amount: number }[] = [
  { letter: "Y", unit: "months", amount: 12 },
  { letter: "M", unit: "months", amount: 1 },
  { letter: "D", unit: "seconds", amount: 86_400 },
  { letter: "H", unit: "seconds", amount: 3600 },
  { letter: "M", unit: "seconds", amount: 60 },
  { letter: "S", unit: "seconds", amount: 1 },
];

const FIRST_OF_TIME = 3;

/** The first days of months from which the standard counts: together they meet every length that some months can have. */
const REFERENCE_POINTS: readonly (readonly [year: number, month: number])[] = [
  [1696, 9],
  [1697, 2],
  [1903, 3],
  [1903, 7],
];
