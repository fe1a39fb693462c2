import { isDeepStrictEqual } from "node:util";
import type { StoredListener } from "../listener-definition.ts";

/** How what is stored differs from what runs here. */
export interface ChangedListeners {
  /** New, or with another definition. */
  readonly changed: readonly StoredListener[];
  /** With another state only. */
  readonly otherState: readonly StoredListener[];
  /** Ids of those that are gone. */
  readonly gone: readonly string[];
}

/** Compares what runs with what is stored. @param running by id */
export function changedListeners(
  running: ReadonlyMap<string, { readonly stored: StoredListener }>,
  stored: readonly StoredListener[],
): ChangedListeners {
  const ids = new Set(stored.map(({ id }) => id));
  const gone = [...running.keys()].filter((id) => !ids.has(id));
  const changed: StoredListener[] = [];
  const otherState: StoredListener[] = [];
  for (const each of stored) {
    const here = running.get(each.id)?.stored;
    if (here === undefined || !isSame(here.definition, each.definition)) changed.push(each);
    else if (!isSame(here.status, each.status)) otherState.push(each);
  }
  return { changed, otherState, gone };
}

/** As it is on disk: what is undefined is not there. */
function isSame(one: object, other: object): boolean {
  return isDeepStrictEqual(JSON.parse(JSON.stringify(one)), JSON.parse(JSON.stringify(other)));
}
