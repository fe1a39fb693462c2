import { daysBefore, parseMoment, type CalendarForm } from "../../values/calendar.ts";
import { parseDuration } from "../../values/duration.ts";
import type { Random } from "../random.ts";

/** The limits of a value of time, as written; exclusive or not. */
export interface TimeLimits {
  readonly min: string | undefined;
  readonly max: string | undefined;
}

/** The forms of the types of dates and times (XML Schema 1.0 part 2, sections 3.2.7 to 3.2.14). */
export const CALENDAR_FORMS: Readonly<Record<string, CalendarForm>> = {
  dateTime: { year: true, month: true, day: true, time: true },
  date: { year: true, month: true, day: true, time: false },
  time: { year: false, month: false, day: false, time: true },
  gYearMonth: { year: true, month: true, day: false, time: false },
  gYear: { year: true, month: false, day: false, time: false },
  gMonthDay: { year: false, month: true, day: true, time: false },
  gDay: { year: false, month: false, day: true, time: false },
  gMonth: { year: false, month: true, day: false, time: false },
};

/** A date, a time or both, between the limits if there are any, else in our days; sometimes with a time zone or a fraction. */
export function sampleMoment(form: CalendarForm, { min, max }: TimeLimits, random: Random): string {
  const [low, high] = [min, max].map((text) => (text === undefined ? undefined : parseMoment(text, form)));
  const [first, last] = form.year ? [OUR_DAYS_BEGIN, OUR_DAYS_END] : [LEAP_YEAR_BEGIN, LEAP_YEAR_END];
  const from = low?.seconds ?? Math.min(first, (high?.seconds ?? last) - DAY);
  const to = high?.seconds ?? Math.max(last, from + DAY);
  const edge = random.below(10);
  if (edge === 0 && min !== undefined) return min;
  if (edge === 1 && max !== undefined) return max;
  const seconds = from + Math.floor((random.below(2 ** 32) / 2 ** 32) * Math.max(to - from + 1, 1));
  const limit = low ?? high;
  const hasZone = limit === undefined ? random.chance(0.5) : limit.hasZone;
  return writeMoment(seconds, form, hasZone, random);
}

/** A duration between the limits, if there are any. */
export function sampleDuration({ min, max }: TimeLimits, random: Random): string {
  const [low, high] = [min, max].map((text) => (text === undefined ? undefined : parseDuration(text)));
  const edge = random.below(6);
  if (edge === 0 && min !== undefined) return min;
  if (edge === 1 && max !== undefined) return max;
  const within = (from: number | undefined, to: number | undefined, reach: number): number => {
    const least = from ?? Math.min(0, to ?? 0);
    return random.between(least, Math.max(to ?? least + reach, least));
  };
  const months = low === undefined && high === undefined && random.chance(0.5) ? random.below(40) : 0;
  if (low?.months !== undefined && low.months > 0) return writeDuration(within(low.months, high?.months, 24), 0);
  if (high?.months !== undefined && high.months > 0) return writeDuration(within(0, high.months, 24), 0);
  return writeDuration(months, within(low?.seconds, high?.seconds, 10 * DAY));
}

function writeDuration(months: number, seconds: number): string {
  const sign = months < 0 || seconds < 0 ? "-" : "";
  const rest = Math.abs(Math.trunc(seconds));
  const [years, month] = [Math.floor(Math.abs(months) / 12), Math.abs(months) % 12];
  const part = (amount: number, unit: string): string => (amount === 0 ? "" : `${amount}${unit}`);
  const date = part(years, "Y") + part(month, "M") + part(Math.floor(rest / DAY), "D");
  const time =
    part(Math.floor((rest % DAY) / 3600), "H") + part(Math.floor((rest % 3600) / 60), "M") + part(rest % 60, "S");
  if (date === "" && time === "") return "PT0S";
  return `${sign}P${date}${time === "" ? "" : `T${time}`}`;
}

/** @param seconds as in `Moment.seconds` */
function writeMoment(seconds: number, form: CalendarForm, hasZone: boolean, random: Random): string {
  const zone = hasZone ? random.pick(["Z", "+02:00", "-05:30"] as const) : "";
  const offset = { "": 0, Z: 0, "+02:00": 7200, "-05:30": -19_800 }[zone];
  const date = new Date((seconds + offset - EPOCH) * 1000);
  const pad = (value: number, length = 2): string => String(value).padStart(length, "0");
  const [year, month, day] = [date.getUTCFullYear(), date.getUTCMonth() + 1, date.getUTCDate()];
  const time = [date.getUTCHours(), date.getUTCMinutes(), date.getUTCSeconds()].map((value) => pad(value)).join(":");
  const fraction = form.time && random.chance(0.3) ? `.${pad(random.below(1000), 3)}` : "";
  const fields: string[] = [];
  if (form.year) fields.push(pad(year, 4));
  if (form.month) fields.push(pad(month));
  if (form.day) fields.push(pad(day));
  const missing = form.year || fields.length === 0 ? "" : form.month ? "--" : "---";
  const clock = form.time ? `${form.day ? "T" : ""}${time}${fraction}` : "";
  return `${missing}${fields.join("-")}${clock}${zone}`;
}

const DAY = 86_400;
/** 1 January 1970 on the time line of `Moment.seconds`. */
const EPOCH = daysBefore(1970, 1) * DAY;
const OUR_DAYS_BEGIN = daysBefore(2000, 1) * DAY;
const OUR_DAYS_END = daysBefore(2040, 1) * DAY - 1;
/** The year that values without one are compared in. */
const LEAP_YEAR_BEGIN = daysBefore(1972, 1) * DAY;
const LEAP_YEAR_END = daysBefore(1973, 1) * DAY - 1;
