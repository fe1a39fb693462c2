import { SelectorError } from "./selector-error.ts";

/** Characters of a pattern: matching costs at most this many steps for each character of a value. */
export const MAX_PATTERN_LENGTH = 256;

/** A character that must stand there, or undefined for any one: `_`. */
type Piece = string | undefined;

/**
 * Compiles the pattern of `LIKE` (JMS 2.0, section 3.8.1.1): `_` is any character, `%` any number of them, others stand for themselves, as does
 * what follows the escape character. A character is a UTF-16 code unit, as in Java.
 *
 * @throws SelectorError for a pattern that is too long, or has the escape character before another one than `_`, `%` or itself
 */
export function compilePattern(
  pattern: string,
  escape: string | undefined,
  position: number,
): (value: string) => boolean {
  if (pattern.length > MAX_PATTERN_LENGTH) {
    throw new SelectorError(
      `a pattern has ${pattern.length} characters; at most ${MAX_PATTERN_LENGTH} are allowed`,
      position,
    );
  }
  const segments = segmentsOf(pattern, escape, position);
  const first = segments[0]!;
  const last = segments.at(-1)!;
  if (segments.length === 1) return (value) => value.length === first.length && matchesAt(first, value, 0);
  const inner = segments.slice(1, -1);
  return (value) => {
    const end = value.length - last.length;
    if (end < first.length || !matchesAt(first, value, 0) || !matchesAt(last, value, end)) return false;
    // The leftmost place for each segment leaves the most room for those behind it.
    let from = first.length;
    for (const segment of inner) {
      const at = find(segment, value, from, end);
      if (at < 0) return false;
      from = at + segment.length;
    }
    return true;
  };
}

/** What stands between the `%`. */
function segmentsOf(pattern: string, escape: string | undefined, position: number): readonly (readonly Piece[])[] {
  const segments: Piece[][] = [[]];
  for (let i = 0; i < pattern.length; i++) {
    const character = pattern[i]!;
    const segment = segments.at(-1)!;
    if (character === escape) {
      const next = pattern[++i];
      if (next !== "%" && next !== "_" && next !== escape) {
        throw new SelectorError(`in a pattern ${escape} must be followed by %, _ or itself`, position);
      }
      segment.push(next);
    } else if (character === "%") segments.push([]);
    else segment.push(character === "_" ? undefined : character);
  }
  return segments;
}

function find(segment: readonly Piece[], value: string, from: number, end: number): number {
  for (let at = from; at + segment.length <= end; at++) if (matchesAt(segment, value, at)) return at;
  return -1;
}

function matchesAt(segment: readonly Piece[], value: string, at: number): boolean {
  for (let i = 0; i < segment.length; i++) {
    const piece = segment[i];
    if (piece !== undefined && piece !== value[at + i]) return false;
  }
  return true;
}
