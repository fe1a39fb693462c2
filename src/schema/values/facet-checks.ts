import type { XmlElement } from "../../xml/index.ts";
import type { Facet } from "../model/components.ts";
import { fractionDigits, totalDigits } from "./decimal.ts";
import { readPattern } from "./pattern.ts";
import type { ValueSpace } from "./value-space.ts";
import { normalizeWhiteSpace } from "./white-space.ts";

/** A constraining facet that is ready to check values of its type (XML Schema 1.0 part 2, section 4.3). */
export interface FacetCheck {
  readonly facet: string;
  /** As written; alternatives are joined by `|`. */
  readonly limit: string;
  /** Whether a valid text of the base type, with normalised white space, fulfils the facet. */
  holds(text: string, scope: XmlElement): boolean;
}

/** Facets that are ready, and those that make no sense for the type. */
export interface FacetChecks {
  readonly checks: readonly FacetCheck[];
  readonly ignored: readonly Facet[];
}

/** Prepares the facets of one restriction of a base type. Alternative patterns, and enumerations, are one check each. */
export function facetChecks(facets: readonly Facet[], base: ValueSpace): FacetChecks {
  const checks: FacetCheck[] = [];
  const ignored: Facet[] = [];
  const patterns = facets.filter(({ name }) => name === "pattern");
  const enumerations = facets.filter(({ name }) => name === "enumeration");
  for (const facet of facets) {
    if (GROUPED.has(facet.name)) continue;
    const holds = singleFacet(facet, base);
    if (holds === undefined) ignored.push(facet);
    else checks.push({ facet: facet.name, limit: facet.value.trim(), holds });
  }
  if (patterns.length > 0) {
    const compiled = patterns.map(({ value }) => readPattern(value));
    if (compiled.includes(undefined)) ignored.push(...patterns);
    else
      checks.push({
        facet: "pattern",
        limit: joined(patterns),
        holds: oneOf(compiled.filter((each) => each !== undefined)),
      });
  }
  if (enumerations.length > 0) checks.push(enumerationCheck(enumerations, base));
  return { checks, ignored };
}

/** Facets that are checked together, or that say how to read a value and not what it may be. */
const GROUPED: ReadonlySet<string> = new Set(["pattern", "enumeration", "whiteSpace"]);

type Holds = FacetCheck["holds"];

function singleFacet({ name, value, node }: Facet, base: ValueSpace): Holds | undefined {
  const written = normalizeWhiteSpace(value, "collapse");
  const limit = Number(written);
  const { length } = base;
  switch (name) {
    case "length":
      return length === undefined ? PASS : (text) => length(text) === limit;
    case "minLength":
      return length === undefined ? PASS : (text) => length(text) >= limit;
    case "maxLength":
      return length === undefined ? PASS : (text) => length(text) <= limit;
    case "totalDigits":
      return (text) => totalDigits(text) <= limit;
    case "fractionDigits":
      return (text) => fractionDigits(text) <= limit;
    case "minInclusive":
    case "maxInclusive":
    case "minExclusive":
    case "maxExclusive": {
      if (base.compareTo === undefined || !base.isValid(written, node)) return undefined;
      const compare = base.compareTo(written);
      const accepts = ACCEPTED_SIGNS[name];
      return (text) => {
        const sign = compare(text);
        return sign !== undefined && accepts(sign);
      };
    }
    default:
      return undefined;
  }
}

const ACCEPTED_SIGNS = {
  minInclusive: (sign: number) => sign >= 0,
  maxInclusive: (sign: number) => sign <= 0,
  minExclusive: (sign: number) => sign > 0,
  maxExclusive: (sign: number) => sign < 0,
} as const;

const PASS: Holds = () => true;

function oneOf(patterns: readonly { matches(text: string): boolean }[]): Holds {
  const [only] = patterns;
  return patterns.length === 1 && only !== undefined
    ? (text) => only.matches(text)
    : (text) => patterns.some((pattern) => pattern.matches(text));
}

function enumerationCheck(facets: readonly Facet[], base: ValueSpace): FacetCheck {
  const keys = new Set<string>();
  for (const { value, node } of facets) {
    const text = normalizeWhiteSpace(value, base.whiteSpace);
    if (base.isValid(text, node)) keys.add(base.key(text, node));
  }
  return { facet: "enumeration", limit: joined(facets), holds: (text, scope) => keys.has(base.key(text, scope)) };
}

function joined(facets: readonly Facet[]): string {
  return facets.map(({ value }) => value).join("|");
}
