import * as types from "../values/atomic-type.ts";
import { IMPLICIT_TIMEZONE } from "../values/compare-values.ts";
import { DateTimeValue, REFERENCE, instantOf, partsOfInstant } from "../values/date-time-value.ts";
import { DecimalValue } from "../values/decimal-value.ts";
import { DurationValue } from "../values/duration-value.ts";
import type { AtomicValue, Sequence } from "../values/item.ts";
import { QueryError } from "../values/query-error.ts";
import type { Context } from "../evaluate/environment.ts";
import { define } from "./define.ts";
import type { FunctionDefinition } from "./function-definition.ts";

function component(
  name: string,
  type: string,
  result: string,
  compute: (value: DateTimeValue) => AtomicValue | undefined,
): FunctionDefinition {
  return define(`fn:${name}-from-${type}($arg as xs:${type}?) as ${result}?`, ([argument]) => {
    const [value] = argument as readonly DateTimeValue[];
    const part = value === undefined ? undefined : compute(value);
    return part === undefined ? [] : [part];
  });
}

function durationComponent(name: string, compute: (value: DurationValue) => AtomicValue): FunctionDefinition {
  const result = name === "seconds" ? "xs:decimal?" : "xs:integer?";
  return define(`fn:${name}-from-duration($arg as xs:duration?) as ${result}`, ([argument]) => {
    const [value] = argument as readonly DurationValue[];
    return value === undefined ? [] : [compute(value)];
  });
}

/** Whole seconds, towards zero. */
function wholeSeconds({ seconds }: DurationValue): bigint {
  return seconds.unscaled / 10n ** BigInt(seconds.scale);
}

function timezoneOf({ timezone }: DateTimeValue): DurationValue | undefined {
  return timezone === undefined ? undefined : DurationValue.dayTime(DecimalValue.of(BigInt(timezone) * 60n, 0));
}

const YEAR = (value: DateTimeValue): bigint => BigInt(value.year);
const MONTH = (value: DateTimeValue): bigint => BigInt(value.month);
const DAY = (value: DateTimeValue): bigint => BigInt(value.day);
const HOURS = (value: DateTimeValue): bigint => BigInt(value.hour);
const MINUTES = (value: DateTimeValue): bigint => BigInt(value.minute);
const SECONDS = (value: DateTimeValue): DecimalValue => value.second;

function now({ environment }: Context, type: types.AtomicType): DateTimeValue {
  const instant = DecimalValue.of(BigInt(environment.now.getTime()), 3);
  const parts = partsOfInstant(instant, IMPLICIT_TIMEZONE, IMPLICIT_TIMEZONE);
  if (type === types.DATE_TIME) return new DateTimeValue(type, parts);
  const { year, month, day, hour, minute, second, timezone } = parts;
  if (type === types.DATE) return new DateTimeValue(type, { ...REFERENCE, year, month, day, timezone });
  return new DateTimeValue(type, { ...REFERENCE, hour, minute, second, timezone });
}

function dateTimeOf([first, second]: readonly Sequence[]): Sequence {
  const [date] = first as readonly DateTimeValue[];
  const [time] = second as readonly DateTimeValue[];
  if (date === undefined || time === undefined) return [];
  if (date.timezone !== undefined && time.timezone !== undefined && date.timezone !== time.timezone) {
    throw new QueryError("FORG0008", "date and time have different timezones");
  }
  const { year, month, day } = date;
  const { hour, minute, second: seconds } = time;
  const timezone = date.timezone ?? time.timezone;
  return [new DateTimeValue(types.DATE_TIME, { year, month, day, hour, minute, second: seconds, timezone })];
}

/** Functions and Operators 3.1, section 9.6: without a second argument to the implicit timezone, with the empty sequence to none. */
function adjust([argument, zone]: readonly Sequence[]): Sequence {
  const [value] = argument as readonly DateTimeValue[];
  if (value === undefined) return [];
  const timezone = zone === undefined ? IMPLICIT_TIMEZONE : zoneArgument(zone);
  const { year, month, day, hour, minute, second } = value;
  if (timezone === undefined || value.timezone === undefined) {
    return [new DateTimeValue(value.type.primitive!, { year, month, day, hour, minute, second, timezone })];
  }
  const parts = partsOfInstant(instantOf(value, IMPLICIT_TIMEZONE), timezone, timezone);
  switch (value.type.primitive) {
    case types.DATE:
      return [
        new DateTimeValue(types.DATE, { ...REFERENCE, year: parts.year, month: parts.month, day: parts.day, timezone }),
      ];
    case types.TIME:
      return [new DateTimeValue(types.TIME, { ...parts, year, month, day })];
    default:
      return [new DateTimeValue(types.DATE_TIME, parts)];
  }
}

/** Minutes. @throws QueryError FODT0003 */
function zoneArgument(zone: Sequence): number | undefined {
  const [duration] = zone as readonly DurationValue[];
  if (duration === undefined) return undefined;
  const { seconds } = duration;
  const whole = wholeSeconds(duration);
  if (seconds.scale > 0 || whole % 60n !== 0n || whole > 50_400n || whole < -50_400n) {
    throw new QueryError("FODT0003", `${String(duration)} is not a timezone; expected whole minutes up to 14 hours`);
  }
  return Number(whole / 60n);
}

function adjustments(type: string): readonly FunctionDefinition[] {
  const name = `fn:adjust-${type}-to-timezone`;
  return [
    define(`${name}($arg as xs:${type}?) as xs:${type}?`, adjust),
    define(`${name}($arg as xs:${type}?, $timezone as xs:dayTimeDuration?) as xs:${type}?`, adjust),
  ];
}

/** Functions and Operators 3.1, sections 8, 9 and 15.3 to 15.6. */
export const DATE_FUNCTIONS: readonly FunctionDefinition[] = [
  ...["dateTime", "date"].flatMap((type) => [
    component("year", type, "xs:integer", YEAR),
    component("month", type, "xs:integer", MONTH),
    component("day", type, "xs:integer", DAY),
  ]),
  ...["dateTime", "time"].flatMap((type) => [
    component("hours", type, "xs:integer", HOURS),
    component("minutes", type, "xs:integer", MINUTES),
    component("seconds", type, "xs:decimal", SECONDS),
  ]),
  ...["dateTime", "date", "time"].flatMap((type) => [
    component("timezone", type, "xs:dayTimeDuration", timezoneOf),
    ...adjustments(type),
  ]),
  durationComponent("years", ({ months }) => BigInt(Math.trunc(months / 12))),
  durationComponent("months", ({ months }) => BigInt(months % 12)),
  durationComponent("days", (value) => wholeSeconds(value) / 86_400n),
  durationComponent("hours", (value) => (wholeSeconds(value) / 3600n) % 24n),
  durationComponent("minutes", (value) => (wholeSeconds(value) / 60n) % 60n),
  durationComponent("seconds", ({ seconds }) =>
    DecimalValue.of(seconds.unscaled % (60n * 10n ** BigInt(seconds.scale)), seconds.scale),
  ),
  define("fn:dateTime($date as xs:date?, $time as xs:time?) as xs:dateTime?", dateTimeOf),
  define("fn:current-dateTime() as xs:dateTimeStamp", (_, context) => [
    new DateTimeValue(types.ATOMIC_TYPES.get("dateTimeStamp")!, now(context, types.DATE_TIME)),
  ]),
  define("fn:current-date() as xs:date", (_, context) => [now(context, types.DATE)]),
  define("fn:current-time() as xs:time", (_, context) => [now(context, types.TIME)]),
  define("fn:implicit-timezone() as xs:dayTimeDuration", () => [
    DurationValue.dayTime(DecimalValue.of(BigInt(IMPLICIT_TIMEZONE) * 60n, 0)),
  ]),
];
