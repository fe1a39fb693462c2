import type { Random } from "../random.ts";

/** The facets of a decimal that limit it. */
export interface DecimalFacets {
  readonly min: string | undefined;
  readonly max: string | undefined;
  readonly minIsExclusive: boolean;
  readonly maxIsExclusive: boolean;
  readonly totalDigits: number | undefined;
  /** 0 for integers. */
  readonly fractionDigits: number | undefined;
}

/**
 * A decimal within its limits (XML Schema 1.0 part 2, section 3.2.3): often a limit itself, or a small number.
 *
 * @returns undefined when nothing lies within the limits
 */
export function sampleDecimal(facets: DecimalFacets, random: Random): string | undefined {
  const { totalDigits, fractionDigits } = facets;
  const written = Math.max(digitsBehindPoint(facets.min), digitsBehindPoint(facets.max));
  const wished = written + random.between(0, 2);
  const scale = Math.min(wished, fractionDigits ?? Infinity, totalDigits ?? Infinity);
  let [low, high] = limits(facets, scale);
  if (totalDigits !== undefined) {
    const most = 10n ** BigInt(totalDigits) - 1n;
    [low, high] = [low === undefined || low < -most ? -most : low, high === undefined || high > most ? most : high];
  }
  const reach = BigInt(random.pick([10, 1000, 1_000_000])) * 10n ** BigInt(scale);
  const from = low ?? (high !== undefined && high < -reach ? high - reach : -reach);
  const to = high ?? (low !== undefined && low > reach ? low + reach : reach);
  if (from > to) return undefined;
  return inDigits(pickWithin(from, to, random), scale);
}

function pickWithin(from: bigint, to: bigint, random: Random): bigint {
  switch (random.below(8)) {
    case 0:
      return from;
    case 1:
      return to;
    case 2:
    case 3:
    case 4: {
      const small = random.betweenBig(0n, 100n);
      return small >= from && small <= to ? small : random.betweenBig(from, to);
    }
    default:
      return random.betweenBig(from, to);
  }
}

/** The limits in units of the last digit behind the point. */
function limits(facets: DecimalFacets, scale: number): [bigint | undefined, bigint | undefined] {
  const { min, max, minIsExclusive, maxIsExclusive } = facets;
  let low = min === undefined ? undefined : unitsOf(min, scale, "up");
  let high = max === undefined ? undefined : unitsOf(max, scale, "down");
  if (low !== undefined && minIsExclusive && low.isExact) low = { units: low.units + 1n, isExact: false };
  if (high !== undefined && maxIsExclusive && high.isExact) high = { units: high.units - 1n, isExact: false };
  return [low?.units, high?.units];
}

/** A decimal in units of the last digit, rounded inwards when it has more digits. */
function unitsOf(text: string, scale: number, rounding: "up" | "down"): { units: bigint; isExact: boolean } {
  const [, sign, integer, fraction = ""] = /^\s*([+-]?)(\d*)\.?(\d*)\s*$/.exec(text) ?? ["", "", "0"];
  const digits = BigInt((integer === "" ? "0" : integer) + fraction);
  const signed = sign === "-" ? -digits : digits;
  if (fraction.length <= scale) return { units: signed * 10n ** BigInt(scale - fraction.length), isExact: true };
  const divisor = 10n ** BigInt(fraction.length - scale);
  const cut = signed / divisor;
  const rest = signed % divisor;
  if (rest === 0n) return { units: cut, isExact: true };
  // Division cuts towards zero.
  const units = rounding === "up" ? (rest > 0n ? cut + 1n : cut) : rest < 0n ? cut - 1n : cut;
  return { units, isExact: false };
}

function inDigits(units: bigint, scale: number): string {
  const digits = (units < 0n ? -units : units).toString().padStart(scale + 1, "0");
  const sign = units < 0n ? "-" : "";
  const integer = digits.slice(0, digits.length - scale);
  return scale === 0 ? `${sign}${integer}` : `${sign}${integer}.${digits.slice(-scale)}`;
}

function digitsBehindPoint(text: string | undefined): number {
  return /\.(\d*)/.exec(text ?? "")?.[1]?.length ?? 0;
}
