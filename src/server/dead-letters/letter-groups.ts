import type { DeadLetterGroup } from "./dead-letter.ts";
import type { Letter } from "./letter.ts";

/** Groups beyond these have no error, so that errors that are all different do not take all memory. */
const MAX_GROUPS = 1000;
const MAX_ERROR_LENGTH = 300;

/** What errors of one cause differ in, and what stands there instead. */
const VARYING: readonly (readonly [pattern: RegExp, instead: string])[] = [
  [/\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/gi, "<id>"],
  [/\b(?=[a-f]*\d)(?=\d*[a-f])[0-9a-f]{8,}\b/gi, "<id>"],
  [/\d+/g, "<n>"],
];

/** The error with numbers and ids taken out. */
export function normalisedError(error: string): string {
  const text = VARYING.reduce((rest, [pattern, instead]) => rest.replace(pattern, instead), error.slice(0, 4096));
  return text.length <= MAX_ERROR_LENGTH ? text : `${text.slice(0, MAX_ERROR_LENGTH - 1)}…`;
}

/** Groups dead letters by what they have in common; the largest group first. */
export async function groupLetters(letters: AsyncIterable<Letter>): Promise<readonly DeadLetterGroup[]> {
  const groups = new Map<string, DeadLetterGroup>();
  for await (const { id, subscription, reason, eventType, error: own, at } of letters) {
    const error = own === undefined ? undefined : normalisedError(own);
    const exact = { subscription, reason, eventType, error };
    const isFull = groups.size >= MAX_GROUPS && !groups.has(keyOf(exact));
    const cause = isFull ? { ...exact, error: undefined } : exact;
    const group = groups.get(keyOf(cause)) ?? { ...cause, count: 0, oldest: at, latest: at, example: id };
    groups.set(keyOf(cause), {
      ...group,
      count: group.count + 1,
      oldest: Math.min(group.oldest, at),
      latest: Math.max(group.latest, at),
    });
  }
  return [...groups.values()].sort((a, b) => b.count - a.count);
}

function keyOf({ subscription, reason, eventType, error }: Partial<DeadLetterGroup>): string {
  return JSON.stringify([subscription, reason, eventType ?? null, error ?? null]);
}
