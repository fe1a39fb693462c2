import type { Random } from "../random.ts";
import { sampleDecimal } from "./decimal-sample.ts";
import { sampleBytes, sampleLanguage, sampleName, sampleUri, sampleWords } from "./text-sample.ts";
import { CALENDAR_FORMS, sampleDuration, sampleMoment } from "./time-sample.ts";
import { numberFacet, type ValuePlan } from "./value-plan.ts";

/**
 * A text that most likely stands for a value of an atomic type: it has the form of the built-in type, and keeps the facets but
 * for patterns and enumerations. Who asks must check it.
 *
 * @param maxLength characters or bytes of a value that may have any length
 * @returns undefined when there is no such value
 */
export function sampleAtomic(plan: ValuePlan, maxLength: number, random: Random): string | undefined {
  const { builtIn } = plan;
  const form = CALENDAR_FORMS[builtIn];
  if (form !== undefined) return sampleMoment(form, timeLimits(plan), random);
  if (builtIn === "decimal" || builtIn in INTEGERS) return sampleDecimal(decimalFacets(plan), random);
  switch (builtIn) {
    case "boolean":
      return random.pick(["true", "false", "1", "0"]);
    case "float":
    case "double":
      return sampleFloat(plan, random);
    case "duration":
      return sampleDuration(timeLimits(plan), random);
    case "hexBinary":
      return sampleBytes(sampleLength(plan, maxLength, random), random)
        .toString("hex")
        .toUpperCase();
    case "base64Binary":
      return sampleBytes(sampleLength(plan, maxLength, random), random).toString("base64");
    case "language":
      return sampleLanguage(random);
    case "anyURI":
      return sampleUri(sampleLength(plan, maxLength, random), random);
    case "Name":
    case "NCName":
    case "NMTOKEN":
    case "ID":
    case "QName":
      return sampleName(Math.max(sampleLength(plan, maxLength, random), 1), random);
    // Nothing can be declared that these could name; references are taken from the document.
    case "ENTITY":
    case "NOTATION":
    case "IDREF":
      return undefined;
    default:
      return sampleWords(sampleLength(plan, maxLength, random), random);
  }
}

/** A length that the facets allow, in characters, bytes or items: often the least or the greatest one. */
export function sampleLength(plan: ValuePlan, maxLength: number, random: Random): number {
  const exact = numberFacet(plan, "length");
  if (exact !== undefined) return exact;
  const least = numberFacet(plan, "minLength") ?? 0;
  const greatest = Math.max(numberFacet(plan, "maxLength") ?? Infinity, least);
  const usual = Math.min(greatest, least + maxLength);
  switch (random.below(10)) {
    case 0:
      return least;
    case 1:
      return greatest <= LONGEST ? greatest : usual;
    default:
      return random.between(Math.min(Math.max(least, 1), usual), usual);
  }
}

/** The limits of dates, times and durations. */
export function timeLimits({ facets }: ValuePlan): { min: string | undefined; max: string | undefined } {
  return {
    min: facets.get("minInclusive") ?? facets.get("minExclusive"),
    max: facets.get("maxInclusive") ?? facets.get("maxExclusive"),
  };
}

function decimalFacets(plan: ValuePlan): Parameters<typeof sampleDecimal>[0] {
  const { facets, builtIn } = plan;
  const [least, greatest] = INTEGERS[builtIn] ?? [undefined, undefined];
  const { min, max } = timeLimits(plan);
  return {
    min: min ?? least,
    max: max ?? greatest,
    minIsExclusive: min !== undefined && !facets.has("minInclusive"),
    maxIsExclusive: max !== undefined && !facets.has("maxInclusive"),
    totalDigits: numberFacet(plan, "totalDigits"),
    fractionDigits: builtIn in INTEGERS ? 0 : numberFacet(plan, "fractionDigits"),
  };
}

function sampleFloat(plan: ValuePlan, random: Random): string {
  const { min, max } = timeLimits(plan);
  const [low, high] = [floatLimit(min), floatLimit(max)];
  const edge = random.below(20);
  if (edge < 2 && min !== undefined) return min;
  if (edge >= 2 && edge < 4 && max !== undefined) return max;
  if (edge === 4) return random.pick(["NaN", "INF", "-INF", "-0", "1.5E3"]);
  const reach = random.pick([1, 100, 1e6]);
  const from = low ?? (high !== undefined && high < -reach ? high - reach : -reach);
  const to = high ?? (low !== undefined && low > reach ? low + reach : reach);
  return String(Number((from + (random.below(2 ** 32) / 2 ** 32) * (to - from)).toPrecision(6)));
}

function floatLimit(text: string | undefined): number | undefined {
  const value = Number(text);
  return text === undefined || !Number.isFinite(value) ? undefined : value;
}

/** Characters of a value that is as long as it may be; one that may be longer is not. */
const LONGEST = 1000;

/** The whole numbers of the built-in types (XML Schema 1.0 part 2, sections 3.3.13 to 3.3.25). */
const INTEGERS: Readonly<Record<string, readonly [least: string | undefined, greatest: string | undefined]>> = {
  integer: [undefined, undefined],
  nonPositiveInteger: [undefined, "0"],
  negativeInteger: [undefined, "-1"],
  nonNegativeInteger: ["0", undefined],
  positiveInteger: ["1", undefined],
  long: ["-9223372036854775808", "9223372036854775807"],
  int: ["-2147483648", "2147483647"],
  short: ["-32768", "32767"],
  byte: ["-128", "127"],
  unsignedLong: ["0", "18446744073709551615"],
  unsignedInt: ["0", "4294967295"],
  unsignedShort: ["0", "65535"],
  unsignedByte: ["0", "255"],
};
