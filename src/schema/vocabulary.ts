import type { ExpandedName } from "../xml/index.ts";
import type { UnitComponents } from "./model/read-components.ts";
import { nearestName } from "./suggest.ts";

/** The names that a catalog declares: what making events needs. Synchronous and immutable. */
export interface Vocabulary {
  /** The catalog's namespace. */
  readonly namespace: string;
  /** The expanded names of all element declarations, global and local, with this local name; empty when there is none. */
  elementNames(localName: string): readonly ExpandedName[];
  /** Local names of the event elements, sorted. */
  readonly eventNames: readonly string[];
  /** The declared element name that a misspelt one most likely means. */
  suggest(localName: string): string | undefined;
}

/** Gathers the names of schema units. */
export function makeVocabulary(
  namespace: string,
  eventNames: readonly string[],
  components: readonly UnitComponents[],
): Vocabulary {
  const names = new Map<string, Set<ExpandedName>>();
  for (const { name } of components.flatMap(({ elements }) => elements)) {
    const namesakes = names.get(name.localName);
    if (namesakes === undefined) names.set(name.localName, new Set([name]));
    else namesakes.add(name);
  }
  return Object.freeze({
    namespace,
    eventNames,
    elementNames: (localName: string) => [...(names.get(localName) ?? [])],
    suggest: (localName: string) => nearestName(localName, names.keys()),
  });
}
