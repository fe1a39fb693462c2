import type { CharacterSet } from "./syntax.ts";
import { unicodeBlock } from "./unicode-blocks.ts";

/** One character. With `ignoreCase` its case variants, too. */
export function character(codePoint: number, ignoreCase: boolean): CharacterSet {
  return range(codePoint, codePoint, ignoreCase);
}

/** The characters from the first to the last. With `ignoreCase` all that have a case variant in there, too. */
export function range(first: number, last: number, ignoreCase: boolean): CharacterSet {
  const isInside: CharacterSet = (code) => code >= first && code <= last;
  if (!ignoreCase) return isInside;
  return (code) => isInside(code) || caseVariants(code).some(isInside);
}

function caseVariants(code: number): readonly number[] {
  const text = String.fromCodePoint(code);
  const variants = [text.toLowerCase(), text.toUpperCase(), text.toUpperCase().toLowerCase()];
  return variants.flatMap((variant) => {
    const point = variant.codePointAt(0)!;
    return variant.length === String.fromCodePoint(point).length && point !== code ? point : [];
  });
}

export function not(set: CharacterSet): CharacterSet {
  return (code) => !set(code);
}

export function anyOf(sets: readonly CharacterSet[]): CharacterSet {
  const [only] = sets;
  if (sets.length === 1) return only!;
  return (code) => sets.some((set) => set(code));
}

export function without(set: CharacterSet, taken: CharacterSet): CharacterSet {
  return (code) => set(code) && !taken(code);
}

/** `.` (Functions and Operators 3.1, section 5.6.2, flag s). */
export function dot(matchesAll: boolean): CharacterSet {
  return matchesAll ? () => true : (code) => code !== 10 && code !== 13;
}

/** The set of a multi-character escape such as `\d`, by its letter; undefined when there is none. */
export function escapeSet(letter: string): CharacterSet | undefined {
  const positive = Object.hasOwn(ESCAPES, letter.toLowerCase()) ? ESCAPES[letter.toLowerCase()] : undefined;
  if (positive === undefined) return undefined;
  return letter === letter.toLowerCase() ? positive : not(positive);
}

/** The set of `\p{…}`; undefined when there is no such category or block. */
export function propertySet(name: string): CharacterSet | undefined {
  if (name.startsWith("Is")) {
    const block = unicodeBlock(name.slice(2));
    return block === undefined ? undefined : range(block[0], block[1], false);
  }
  return CATEGORY.test(name) ? byPattern(`\\p{${name}}`) : undefined;
}

const CATEGORY = /^(?:L[ultmo]?|M[nce]?|N[dlo]?|P[cdseifo]?|Z[slp]?|S[mcko]?|C[cfon]?)$/;

/** The set of one class of JavaScript's regular expressions, for one code point at a time. */
function byPattern(source: string): CharacterSet {
  const pattern = new RegExp(`^${source}$`, "u");
  return (code) => pattern.test(String.fromCodePoint(code));
}

const NAME_START =
  ":A-Z_a-z\\u00C0-\\u00D6\\u00D8-\\u00F6\\u00F8-\\u02FF\\u0370-\\u037D\\u037F-\\u1FFF\\u200C\\u200D\\u2070-\\u218F" +
  "\\u2C00-\\u2FEF\\u3001-\\uD7FF\\uF900-\\uFDCF\\uFDF0-\\uFFFD\\u{10000}-\\u{EFFFF}";

const ESCAPES: Readonly<Record<string, CharacterSet>> = {
  s: (code) => code === 32 || code === 9 || code === 10 || code === 13,
  d: byPattern("\\p{Nd}"),
  w: byPattern("[^\\p{P}\\p{Z}\\p{C}]"),
  i: byPattern(`[${NAME_START}]`),
  c: byPattern(`[${NAME_START}\\-.0-9\\u00B7\\u0300-\\u036F\\u203F\\u2040]`),
};
