import type { ExpandedName } from "../xml/index.ts";
import { DeclaredShapes } from "./declared-shapes.ts";
import type { UnitComponents } from "./model/read-components.ts";
import type { SchemaModel } from "./model/schema-model.ts";
import type { Shape } from "./shape/shape.ts";
import { nearestName } from "../nearest-name.ts";

/** The names that a catalog declares: what making events needs. Synchronous and immutable. */
export interface Vocabulary {
  /** The catalog's namespace. */
  readonly namespace: string;
  /** The expanded names of all element declarations, global and local, with this local name; empty when there is none. */
  elementNames(localName: string): readonly ExpandedName[];
  /**
   * How elements of this name look as objects: one shape for each type that a declaration gives them; empty when there is
   * none. A vocabulary of mere names does not have it.
   */
  shapesOf?(name: ExpandedName): readonly Shape[];
  /** Local names of the event elements, sorted. */
  readonly eventNames: readonly string[];
  /** The declared element name that a misspelt one most likely means. */
  suggest(localName: string): string | undefined;
}

/**
 * Gathers the names of schema units.
 *
 * @param model asked for when somebody wants shapes: the components of these units that are free of circles
 */
export function makeVocabulary(
  namespace: string,
  eventNames: readonly string[],
  components: readonly UnitComponents[],
  model: () => SchemaModel,
): Vocabulary {
  const names = new Map<string, Set<ExpandedName>>();
  for (const { name } of components.flatMap(({ elements }) => elements)) {
    const namesakes = names.get(name.localName);
    if (namesakes === undefined) names.set(name.localName, new Set([name]));
    else namesakes.add(name);
  }
  let shapes: DeclaredShapes | undefined;
  return Object.freeze({
    namespace,
    eventNames,
    elementNames: (localName: string) => [...(names.get(localName) ?? [])],
    shapesOf: (name: ExpandedName) => (shapes ??= new DeclaredShapes(components, model())).of(name),
    suggest: (localName: string) => nearestName(localName, names.keys()),
  });
}
