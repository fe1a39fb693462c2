import type { ComponentTable } from "../model/component-table.ts";
import type { Particle } from "../model/components.ts";
import { ContentMatcher, type Leaf } from "../model/content-matcher.ts";
import { wildcardAllows } from "../model/content.ts";
import { sameName, type ExpandedName } from "../../xml/index.ts";
import { OTHER_ELEMENTS, type NamedChild } from "./shape.ts";

/**
 * Orders children by the place of their fields in the schema; for content models in which that is the only order there is.
 *
 * @returns undefined when they are in that order already
 */
export function arrangeByPosition(
  children: readonly NamedChild[],
  positionOf: (key: string) => number,
): readonly number[] | undefined {
  const positions = children.map(({ key }) => positionOf(key));
  if (positions.every((position, index) => index === 0 || positions[index - 1]! <= position)) return undefined;
  return [...positions.keys()].sort((a, b) => positions[a]! - positions[b]!);
}

/**
 * Orders children by the content model: as they are when it accepts that, else at each place what it names first of what is
 * left. When nothing fits any more, the rest follows as it was.
 */
export function arrangeByModel(
  children: readonly NamedChild[],
  particle: Particle,
  table: ComponentTable,
): readonly number[] | undefined {
  if (isComplete(children, particle, table)) return undefined;
  const matcher = new ContentMatcher(particle, table);
  const waiting = new Map<string, number[]>();
  for (const [index, { key }] of children.entries()) {
    const namesakes = waiting.get(key);
    if (namesakes === undefined) waiting.set(key, [index]);
    else namesakes.push(index);
  }
  const arranged: number[] = [];
  for (;;) {
    const key = nextKey(matcher.expected, children, waiting);
    const index = key === undefined ? undefined : waiting.get(key)?.shift();
    if (index === undefined || !matcher.accept(children[index]!.name)) break;
    arranged.push(index);
  }
  const done = new Set(arranged);
  return [...arranged, ...[...children.keys()].filter((index) => !done.has(index))];
}

/** Tells for each child whether an element of the model stands in its place, rather than a wildcard. */
export function elementsByPlace(
  children: readonly ExpandedName[],
  particle: Particle,
  table: ComponentTable,
): readonly boolean[] {
  const matcher = new ContentMatcher(particle, table);
  return children.map((name) => {
    const byName = matcher.expected.some(({ elements }) => elements.some((each) => sameName(each.name, name)));
    const byWildcard = matcher.expected.some(
      ({ wildcard }) => wildcard !== undefined && wildcardAllows(wildcard, name.namespace),
    );
    // Where neither is expected the document is not valid, and the name has to do.
    return !matcher.accept(name) || byName || !byWildcard;
  });
}

function isComplete(children: readonly NamedChild[], particle: Particle, table: ComponentTable): boolean {
  const matcher = new ContentMatcher(particle, table);
  return children.every(({ name }) => matcher.accept(name)) && matcher.missing.length === 0;
}

/** The key of what the model expects first among those that wait. */
function nextKey(
  expected: readonly Leaf[],
  children: readonly NamedChild[],
  waiting: ReadonlyMap<string, readonly number[]>,
): string | undefined {
  for (const leaf of expected) {
    for (const [key, [first]] of waiting) {
      if (first !== undefined && stands(children[first]!, leaf)) return key;
    }
  }
  return undefined;
}

function stands({ key, name }: NamedChild, { elements, wildcard }: Leaf): boolean {
  if (key !== OTHER_ELEMENTS) return elements.some((each) => sameName(each.name, name));
  return wildcard !== undefined && wildcardAllows(wildcard, name.namespace);
}
