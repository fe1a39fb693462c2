import { DAY_TIME_DURATION, YEAR_MONTH_DURATION, type AtomicType } from "./atomic-type.ts";
import { DecimalValue } from "./decimal-value.ts";
import { TypedValue } from "./item.ts";
import { QueryError } from "./query-error.ts";

/** Seconds as an exact fraction: `unscaled / 10^scale`. */
export type Seconds = Pick<DecimalValue, "unscaled" | "scale">;

/** A value of xs:duration or one of its two derived types (XDM 3.1, section 3.3.2): months and seconds, both with the same sign. */
export class DurationValue extends TypedValue {
  readonly months: number;
  readonly seconds: DecimalValue;

  constructor(type: AtomicType, months: number, seconds: DecimalValue) {
    super(type);
    this.months = months;
    this.seconds = seconds;
  }

  static yearMonth(months: number): DurationValue {
    if (!Number.isSafeInteger(months)) throw new QueryError("FODT0002", "the duration is too long");
    return new DurationValue(YEAR_MONTH_DURATION, months, ZERO);
  }

  static dayTime(seconds: DecimalValue): DurationValue {
    return new DurationValue(DAY_TIME_DURATION, 0, seconds);
  }

  override toString(): string {
    const isNegative = this.months < 0 || this.seconds.unscaled < 0n;
    const months = Math.abs(this.months);
    const { whole, fraction } = splitSeconds(this.seconds);
    const years = Math.floor(months / 12);
    let text = `${isNegative ? "-" : ""}P${part(years, "Y")}${part(months % 12, "M")}`;
    if (this.type === YEAR_MONTH_DURATION) return months === 0 ? "P0M" : text;
    const [days, hours, minutes] = [whole / 86_400n, (whole / 3600n) % 24n, (whole / 60n) % 60n];
    const seconds = `${whole % 60n}${fraction}`;
    const time = `${part(hours, "H")}${part(minutes, "M")}${seconds === "0" ? "" : `${seconds}S`}`;
    text += part(days, "D") + (time === "" ? "" : `T${time}`);
    return text.endsWith("P") ? "PT0S" : text;
  }
}

const ZERO = DecimalValue.of(0n, 0);

/** The absolute value: whole seconds, and `.25` or nothing. */
function splitSeconds({ unscaled, scale }: Seconds): { readonly whole: bigint; readonly fraction: string } {
  const size = unscaled < 0n ? -unscaled : unscaled;
  const unit = 10n ** BigInt(scale);
  const rest = size % unit;
  return {
    whole: size / unit,
    fraction: rest === 0n ? "" : `.${rest.toString().padStart(scale, "0").replace(/0+$/, "")}`,
  };
}

function part(count: number | bigint, letter: string): string {
  return count === 0 || count === 0n ? "" : `${count}${letter}`;
}

/**
 * Reads the lexical form of xs:duration or a type derived from it (XML Schema part 2, section 3.2.6.1), white space taken away before.
 *
 * @returns undefined when it is none
 * @throws QueryError FODT0002 when it is too long
 */
export function parseDuration(text: string, type: AtomicType): DurationValue | undefined {
  const match = DURATION_FORM.exec(text);
  if (match === null || /[PT]$/.test(text)) return undefined;
  const [, sign, years, months, days, hours, minutes, seconds] = match;
  const hasMonths = years !== undefined || months !== undefined;
  const hasDays = days !== undefined || hours !== undefined || minutes !== undefined || seconds !== undefined;
  if ((type === YEAR_MONTH_DURATION && hasDays) || (type === DAY_TIME_DURATION && hasMonths)) return undefined;
  const totalMonths = Number(years ?? 0) * 12 + Number(months ?? 0);
  if (!Number.isSafeInteger(totalMonths)) throw new QueryError("FODT0002", "the duration is too long");
  const [whole = "0", fraction = ""] = (seconds ?? "0").split(".");
  const wholeSeconds =
    BigInt(days ?? 0) * 86_400n + BigInt(hours ?? 0) * 3600n + BigInt(minutes ?? 0) * 60n + BigInt(whole || 0);
  const unscaled = wholeSeconds * 10n ** BigInt(fraction.length) + BigInt(fraction || 0);
  const factor = sign === "-" ? -1 : 1;
  // A zero has no sign.
  const signedMonths = totalMonths === 0 ? 0 : totalMonths * factor;
  return new DurationValue(type, signedMonths, DecimalValue.of(unscaled * BigInt(factor), fraction.length));
}

const DURATION_FORM =
  /^(-?)P(?:([0-9]+)Y)?(?:([0-9]+)M)?(?:([0-9]+)D)?(?:T(?:([0-9]+)H)?(?:([0-9]+)M)?(?:([0-9]+(?:\.[0-9]+)?)S)?)?$/;
