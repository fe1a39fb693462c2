import * as types from "./atomic-type.ts";
import type { AtomicType } from "./atomic-type.ts";
import { civilFromDays, daysFromCivil, daysInMonth } from "./calendar.ts";
import { DecimalValue } from "./decimal-value.ts";
import { TypedValue } from "./item.ts";
import { QueryError } from "./query-error.ts";

/** The seven parts of a date or time (XML Schema part 2, appendix D). Parts that a type does not have are those of 1972-12-31T00:00:00. */
export interface DateTimeParts {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  /** At least 0 and below 60. */
  readonly second: DecimalValue;
  /** Minutes east of UTC; undefined where none is given. */
  readonly timezone: number | undefined;
}

/** A value of xs:dateTime, xs:date, xs:time or one of the five types for parts of dates. */
export class DateTimeValue extends TypedValue implements DateTimeParts {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: DecimalValue;
  readonly timezone: number | undefined;

  constructor(type: AtomicType, parts: DateTimeParts) {
    super(type);
    this.year = parts.year;
    this.month = parts.month;
    this.day = parts.day;
    this.hour = parts.hour;
    this.minute = parts.minute;
    this.second = parts.second;
    this.timezone = parts.timezone;
  }

  override toString(): string {
    const date = `${year(this.year)}-${two(this.month)}-${two(this.day)}`;
    const time = `${two(this.hour)}:${two(this.minute)}:${seconds(this.second)}`;
    return `${this.#local(date, time)}${formatTimezone(this.timezone)}`;
  }

  #local(date: string, time: string): string {
    switch (this.type.primitive) {
      case types.DATE:
        return date;
      case types.TIME:
        return time;
      case types.G_YEAR_MONTH:
        return `${year(this.year)}-${two(this.month)}`;
      case types.G_YEAR:
        return year(this.year);
      case types.G_MONTH_DAY:
        return `--${two(this.month)}-${two(this.day)}`;
      case types.G_DAY:
        return `---${two(this.day)}`;
      case types.G_MONTH:
        return `--${two(this.month)}`;
      default:
        return `${date}T${time}`;
    }
  }
}

/** `Z`, `+05:30`, or nothing. */
export function formatTimezone(timezone: number | undefined): string {
  if (timezone === undefined) return "";
  if (timezone === 0) return "Z";
  const size = Math.abs(timezone);
  return `${timezone < 0 ? "-" : "+"}${two(Math.floor(size / 60))}:${two(size % 60)}`;
}

/** The parts of types that lack some of them. */
export const REFERENCE: DateTimeParts = {
  year: 1972,
  month: 12,
  day: 31,
  hour: 0,
  minute: 0,
  second: DecimalValue.of(0n, 0),
  timezone: undefined,
};

/** Seconds since 1970-01-01T00:00:00Z, exactly; a value without timezone is taken to be in the given one. */
export function instantOf(value: DateTimeParts, implicitTimezone: number): DecimalValue {
  const days = daysFromCivil(value.year, value.month, value.day);
  const minutes = days * 1440 + value.hour * 60 + value.minute - (value.timezone ?? implicitTimezone);
  const { unscaled, scale } = value.second;
  return DecimalValue.of(BigInt(minutes) * 60n * 10n ** BigInt(scale) + unscaled, scale);
}

/** The inverse of {@link instantOf}: the parts of an instant as a clock in that timezone shows it. */
export function partsOfInstant(instant: DecimalValue, shownIn: number, timezone: number | undefined): DateTimeParts {
  const unit = 10n ** BigInt(instant.scale);
  const local = instant.unscaled + BigInt(shownIn) * 60n * unit;
  const dayUnits = 86_400n * unit;
  let days = local / dayUnits;
  let rest = local % dayUnits;
  if (rest < 0n) {
    rest += dayUnits;
    days--;
  }
  if (days > MAX_DAYS || days < -MAX_DAYS) throw new QueryError("FODT0001", "the date is too far away");
  const { year: y, month, day } = civilFromDays(Number(days));
  const minutes = rest / (60n * unit);
  const second = DecimalValue.of(rest % (60n * unit), instant.scale);
  return { year: y, month, day, hour: Number(minutes / 60n), minute: Number(minutes % 60n), second, timezone };
}

/** Nearly ten thousand million years, within which days and minutes are exact numbers of JavaScript. */
const MAX_DAYS = 3_600_000_000_000n;
export const MAX_YEAR: number = 9_000_000_000;

/** Whether the parts exist in the calendar; the hour may be 24 at the very end of a day. */
export function areLegalParts(parts: DateTimeParts): boolean {
  const { month, day, hour, minute, second, timezone } = parts;
  const isMidnight = hour === 24 && minute === 0 && second.unscaled === 0n;
  return (
    month >= 1 &&
    month <= 12 &&
    day >= 1 &&
    day <= daysInMonth(parts.year, month) &&
    (hour <= 23 || isMidnight) &&
    minute <= 59 &&
    second.unscaled < 60n * 10n ** BigInt(second.scale) &&
    (timezone === undefined || Math.abs(timezone) <= 840)
  );
}

/**
 * Reads the lexical form of a date or time type, white space taken away before (XML Schema part 2, sections 3.2.7 to 3.2.14).
 *
 * @returns undefined when it is none
 * @throws QueryError FODT0001 when the year is too far away
 */
export function parseDateTime(text: string, type: AtomicType): DateTimeValue | undefined {
  const form = FORMS.get(type.primitive!);
  const groups = form?.exec(text)?.groups;
  if (groups === undefined) return undefined;
  const written = groups["year"];
  if (written !== undefined && Math.abs(Number(written)) > MAX_YEAR) {
    throw new QueryError("FODT0001", `the year ${written} is too far away`);
  }
  // XML Schema 1.0 has no year 0.
  if (written !== undefined && /^-?0(?:[0-9]{4}|000$)/.test(written)) return undefined;
  const timezone = readTimezone(groups["zone"]);
  if (type.name === "dateTimeStamp" && timezone === undefined) return undefined;
  const number = (name: string, ifAbsent: number): number =>
    groups[name] === undefined ? ifAbsent : Number(groups[name]);
  const [whole = "0", fraction = ""] = (groups["second"] ?? "0").split(".");
  const parts: DateTimeParts = {
    year: number("year", REFERENCE.year),
    month: number("month", REFERENCE.month),
    day: number(
      "day",
      type.primitive === types.G_YEAR_MONTH || type.primitive === types.G_YEAR || type.primitive === types.G_MONTH
        ? 1
        : REFERENCE.day,
    ),
    hour: number("hour", 0),
    minute: number("minute", 0),
    second: DecimalValue.of(BigInt(whole + fraction), fraction.length),
    timezone,
  };
  const checked = type.primitive === types.G_YEAR ? { ...parts, month: 1 } : parts;
  if (!areLegalParts(checked)) return undefined;
  return new DateTimeValue(type, checked.hour === 24 ? nextDay(checked, type) : checked);
}

/** 24:00:00 is the first instant of the next day; a time alone starts again. */
function nextDay(parts: DateTimeParts, type: AtomicType): DateTimeParts {
  if (type.primitive === types.TIME) return { ...parts, hour: 0 };
  const date = civilFromDays(daysFromCivil(parts.year, parts.month, parts.day) + 1);
  return { ...parts, ...date, hour: 0 };
}

function readTimezone(zone: string | undefined): number | undefined {
  if (zone === undefined) return undefined;
  if (zone === "Z") return 0;
  const size = Number(zone.slice(1, 3)) * 60 + Number(zone.slice(4));
  // 99 minutes are no minutes, which the check of the whole does not see.
  if (Number(zone.slice(4)) > 59) return Infinity;
  return zone.startsWith("-") ? -size : size;
}

const YEAR = "(?<year>-?[0-9]{4,})";
const MONTH = "(?<month>[0-9]{2})";
const DAY = "(?<day>[0-9]{2})";
const TIME = "(?<hour>[0-9]{2}):(?<minute>[0-9]{2}):(?<second>[0-9]{2}(?:\\.[0-9]+)?)";
const ZONE = "(?<zone>Z|[+-][0-9]{2}:[0-9]{2})?";

const FORMS: ReadonlyMap<AtomicType, RegExp> = new Map([
  [types.DATE_TIME, new RegExp(`^${YEAR}-${MONTH}-${DAY}T${TIME}${ZONE}$`)],
  [types.DATE, new RegExp(`^${YEAR}-${MONTH}-${DAY}${ZONE}$`)],
  [types.TIME, new RegExp(`^${TIME}${ZONE}$`)],
  [types.G_YEAR_MONTH, new RegExp(`^${YEAR}-${MONTH}${ZONE}$`)],
  [types.G_YEAR, new RegExp(`^${YEAR}${ZONE}$`)],
  [types.G_MONTH_DAY, new RegExp(`^--${MONTH}-${DAY}${ZONE}$`)],
  [types.G_DAY, new RegExp(`^---${DAY}${ZONE}$`)],
  [types.G_MONTH, new RegExp(`^--${MONTH}${ZONE}$`)],
]);

function year(value: number): string {
  return `${value < 0 ? "-" : ""}${String(Math.abs(value)).padStart(4, "0")}`;
}

function two(value: number): string {
  return String(value).padStart(2, "0");
}

function seconds(value: DecimalValue): string {
  const [whole = "0", fraction] = value.toString().split(".");
  return `${whole.padStart(2, "0")}${fraction === undefined ? "" : `.${fraction}`}`;
}
