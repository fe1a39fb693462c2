import type { LoadedGeneration } from "../catalog-loader.ts";
import type { SchemaProblem } from "../sources/schema-problem.ts";

/** What a reload has changed. */
export interface CatalogChange {
  /** Whether anything is different from before, be it only a problem. */
  readonly hasChanged: boolean;
  /** The event types that are new. */
  readonly added: readonly string[];
  /** The event types that are gone. */
  readonly removed: readonly string[];
  /** Absolute paths of the files whose content in effect is new, another one, or gone; sorted. */
  readonly files: readonly string[];
  /** What is wrong with files now; see `Catalog.problems`. */
  readonly problems: readonly SchemaProblem[];
}

/** Compares two generations, the one before and the one after a reload. */
export function describeChange(before: LoadedGeneration, now: LoadedGeneration): CatalogChange {
  const [old, current] = [new Set(before.generation.eventNames), new Set(now.generation.eventNames)];
  const paths = new Set([...before.texts.keys(), ...now.texts.keys()]);
  return {
    hasChanged: before !== now,
    added: [...current].filter((name) => !old.has(name)),
    removed: [...old].filter((name) => !current.has(name)),
    files: [...paths].filter((path) => before.texts.get(path) !== now.texts.get(path)).sort(),
    problems: now.generation.problems,
  };
}
