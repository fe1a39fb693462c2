import { digitsEnd, twoDigits } from "./digits.ts";

/** The fields that a type of the dateTime family writes (XML Schema 1.0 part 2, sections 3.2.7 to 3.2.14). */
export interface CalendarForm {
  readonly year: boolean;
  readonly month: boolean;
  readonly day: boolean;
  readonly time: boolean;
}

/** A point in time; fields that a type does not write have a fixed value, so that its values can be compared. */
export interface Moment {
  /** Whole seconds on the time line of the proleptic Gregorian calendar; of UTC if there is a time zone. */
  readonly seconds: number;
  /** Digits of the fraction of the second, without zeros at the end. */
  readonly fraction: string;
  readonly hasZone: boolean;
}

/** Reads a value; undefined when the text has not the form, or names a day that does not exist. */
export function parseMoment(text: string, form: CalendarForm): Moment | undefined {
  let [year, month, day, seconds, at] = [LEAP_YEAR, 1, 1, 0, 0];
  let fraction = "";
  if (form.year) {
    const start = text.startsWith("-") ? 1 : 0;
    at = digitsEnd(text, start);
    // Four digits at least, and zeros in front only to fill up to four.
    if (at - start < 4 || (at - start > 4 && text[start] === "0")) return undefined;
    year = Number(text.slice(0, at));
    if (year === 0) return undefined;
  }
  if (form.month) {
    const separator = form.year ? "-" : "--";
    month = twoDigits(text, at + separator.length);
    if (!text.startsWith(separator, at) || month < 1 || month > 12) return undefined;
    at += separator.length + 2;
  }
  if (form.day) {
    const separator = form.month ? "-" : "---";
    day = twoDigits(text, at + separator.length);
    if (!text.startsWith(separator, at) || day < 1 || day > daysIn(year, month)) return undefined;
    at += separator.length + 2;
  }
  if (form.time) {
    if (form.day && text[at++] !== "T") return undefined;
    const [hour, minute, second] = [twoDigits(text, at), twoDigits(text, at + 3), twoDigits(text, at + 6)];
    if (hour < 0 || minute < 0 || minute > 59 || second < 0 || second > 59) return undefined;
    if (text[at + 2] !== ":" || text[at + 5] !== ":") return undefined;
    at += 8;
    if (text[at] === ".") {
      const end = digitsEnd(text, at + 1);
      if (end === at + 1) return undefined;
      fraction = withoutZerosAtEnd(text.slice(at + 1, end));
      at = end;
    }
    // 24:00:00 is the first instant of the next day.
    if (hour > 24 || (hour === 24 && (minute > 0 || second > 0 || fraction !== ""))) return undefined;
    seconds = (hour * 60 + minute) * 60 + second;
  }
  const zone = parseZone(text, at);
  if (zone === undefined) return undefined;
  const days = daysBefore(year, month) + day - 1;
  const hasZone = zone !== NO_ZONE;
  return { seconds: days * 86_400 + seconds - (hasZone ? zone * 60 : 0), fraction, hasZone };
}

/** The sign of a minus b; undefined when only one of them has a time zone and they lie within 14 hours (section 3.2.7.4). */
export function compareMoments(a: Moment, b: Moment): number | undefined {
  if (a.hasZone === b.hasZone) return Math.sign(a.seconds - b.seconds) || orderOfFractions(a.fraction, b.fraction);
  const difference = a.seconds - b.seconds || orderOfFractions(a.fraction, b.fraction);
  return Math.abs(difference) > LARGEST_ZONE * 60 ? Math.sign(difference) : undefined;
}

/** Days from 1 January of the year 0 (that is: 1 BC) to the first day of a month, which may lie beyond 1 to 12. */
export function daysBefore(year: number, month: number): number {
  // The year of the formula begins in March, so that the leap day is its last.
  const months = year * 12 + month - 3;
  const y = Math.floor(months / 12);
  const m = months - y * 12;
  return y * 365 + Math.floor(y / 4) - Math.floor(y / 100) + Math.floor(y / 400) + Math.floor((m * 153 + 2) / 5) + 60;
}

function daysIn(year: number, month: number): number {
  return daysBefore(year, month + 1) - daysBefore(year, month);
}

/** Minutes to subtract for UTC, {@link NO_ZONE} when there is none; undefined when the rest of the text is no time zone. */
function parseZone(text: string, at: number): number | undefined {
  if (at === text.length) return NO_ZONE;
  if (text[at] === "Z") return at + 1 === text.length ? 0 : undefined;
  const sign = text[at] === "+" ? 1 : text[at] === "-" ? -1 : 0;
  const [hours, minutes] = [twoDigits(text, at + 1), twoDigits(text, at + 4)];
  if (sign === 0 || hours < 0 || text[at + 3] !== ":" || minutes < 0 || minutes > 59 || at + 6 !== text.length) {
    return undefined;
  }
  const total = hours * 60 + minutes;
  return total > LARGEST_ZONE ? undefined : sign * total;
}

function withoutZerosAtEnd(digits: string): string {
  let end = digits.length;
  while (digits[end - 1] === "0") end--;
  return digits.slice(0, end);
}

function orderOfFractions(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

const NO_ZONE = Infinity;

/** Minutes. */
const LARGEST_ZONE = 14 * 60;

/** The year of values that have none: --02-29 is a gMonthDay. */
const LEAP_YEAR = 1972;
