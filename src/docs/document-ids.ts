import { eventLocalName } from "./event-local-name.ts";

/**
 * What the event types are called in file names and in the keys of AsyncAPI: the local name in ASCII. No two differ in case only,
 * for file systems that do not tell them apart; later ones get a number.
 */
export function documentIds(eventNames: readonly string[]): ReadonlyMap<string, string> {
  const taken = new Set(["index"]);
  return new Map(
    eventNames.map((name) => {
      const base = eventLocalName(name)
        .replaceAll(/[^A-Za-z0-9_-]/g, "_")
        .slice(0, MAX_LENGTH);
      let id = base;
      for (let count = 2; taken.has(id.toLowerCase()); count++) id = `${base}-${count}`;
      taken.add(id.toLowerCase());
      return [name, id];
    }),
  );
}

/** Characters of a file name without its ending; file systems take 255 bytes. */
const MAX_LENGTH = 100;
