/**
 * The candidate that a misspelt name most likely means, for "did you mean".
 *
 * A name that differs in case only wins; else the one with the fewest edits (insert, delete, replace, swap neighbours:
 * Damerau-Levenshtein distance), if these are at most a third of the longer name's length. Of equally near ones the first.
 *
 * @returns undefined when nothing is near, and for the name itself
 */
export function nearestName(name: string, candidates: Iterable<string>): string | undefined {
  if (name.length > MAX_NAME_LENGTH) return undefined;
  const lowerCase = name.toLowerCase();
  let nearest: string | undefined;
  let nearestDistance = Infinity;
  for (const candidate of candidates) {
    if (candidate === name || candidate.length > MAX_NAME_LENGTH) continue;
    const candidateLowerCase = candidate.toLowerCase();
    if (candidateLowerCase === lowerCase) return candidate;
    const bound = Math.min(nearestDistance - 1, Math.floor(Math.max(name.length, candidate.length) / 3));
    const distance = boundedDistance(lowerCase, candidateLowerCase, bound);
    if (distance > bound) continue;
    nearest = candidate;
    nearestDistance = distance;
  }
  return nearest;
}

/** Longer names are not compared: the cost grows with the square of the length. */
const MAX_NAME_LENGTH = 80;

/** The optimal string alignment distance, or some number above the bound as soon as it must exceed the bound. */
function boundedDistance(a: string, b: string, bound: number): number {
  if (Math.abs(a.length - b.length) > bound) return bound + 1;
  let beforePrevious: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const current = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = previous[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      let distance = Math.min(previous[j]! + 1, current[j - 1]! + 1, replaced);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        distance = Math.min(distance, beforePrevious[j - 2]! + 1);
      }
      current.push(distance);
    }
    if (Math.min(...current) > bound) return bound + 1;
    beforePrevious = previous;
    previous = current;
  }
  return previous[b.length]!;
}
