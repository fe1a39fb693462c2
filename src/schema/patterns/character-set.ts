/**
 * A set of Unicode code points as sorted ranges that neither overlap nor touch: `[first, last, first, last, …]`, both ends
 * included.
 */
export type CharacterSet = readonly number[];

/** The largest code point. */
export const LAST_CODE_POINT = 0x10ffff;

/** The set of all code points. */
export const EVERY_CHARACTER: CharacterSet = [0, LAST_CODE_POINT];

/** The set of the characters of a string. */
export function charactersOf(text: string): CharacterSet {
  return union(Array.from(text, (character) => [character.codePointAt(0)!, character.codePointAt(0)!]));
}

/** Everything that is in at least one of the sets. */
export function union(sets: readonly CharacterSet[]): CharacterSet {
  const [only] = sets;
  if (only !== undefined && sets.length === 1) return only;
  const ranges: [number, number][] = [];
  for (const set of sets) for (let i = 0; i < set.length; i += 2) ranges.push([set[i]!, set[i + 1]!]);
  ranges.sort((a, b) => a[0] - b[0]);
  const merged: number[] = [];
  for (const [first, last] of ranges) {
    const end = merged.at(-1);
    if (end === undefined || first > end + 1) merged.push(first, last);
    else if (last > end) merged[merged.length - 1] = last;
  }
  return merged;
}

/** Everything that is not in the set. */
export function complement(set: CharacterSet): CharacterSet {
  const rest: number[] = [];
  let next = 0;
  for (let i = 0; i < set.length; i += 2) {
    if (set[i]! > next) rest.push(next, set[i]! - 1);
    next = set[i + 1]! + 1;
  }
  if (next <= LAST_CODE_POINT) rest.push(next, LAST_CODE_POINT);
  return rest;
}

/** Everything of the first set that is not in the second. */
export function difference(set: CharacterSet, without: CharacterSet): CharacterSet {
  return complement(union([complement(set), without]));
}

/** Whether the code point is in the set. */
export function contains(set: CharacterSet, codePoint: number): boolean {
  let [low, high] = [0, set.length / 2];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (codePoint > set[2 * middle + 1]!) low = middle + 1;
    else high = middle;
  }
  return low < set.length / 2 && codePoint >= set[2 * low]!;
}

/** Whether some code point is in both sets. */
export function overlaps(a: CharacterSet, b: CharacterSet): boolean {
  let [i, j] = [0, 0];
  while (i < a.length && j < b.length) {
    if (a[i + 1]! < b[j]!) i += 2;
    else if (b[j + 1]! < a[i]!) j += 2;
    else return true;
  }
  return false;
}
