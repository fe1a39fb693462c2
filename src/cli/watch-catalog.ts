import { basename } from "node:path";
import { formatSchemaProblem } from "../schema/index.ts";
import type { Catalog, CatalogChange, SchemaProblem } from "../schema/index.ts";
import { inCommandWords } from "./command-words.ts";
import type { Output } from "./io.ts";
import { visibleText } from "./visible-text.ts";

/** Keeps a catalog up to date until it is closed, and says in a line what changed or what is wrong in a file. */
export function watchCatalog(catalog: Catalog, output: Output): void {
  // What was wrong from the beginning was told when the catalog was opened.
  let told = new Set(catalog.problems.map(formatSchemaProblem));
  catalog.watch({
    onReload: (change) => {
      if (change.problems.length === 0) told = new Set();
      output.note(visibleText(describe(change)));
    },
    onError: (problems) => {
      for (const problem of problems) {
        if (told.has(formatSchemaProblem(problem))) continue;
        output.warning(`schema not used: ${visibleText(inCommandWords(formatSchemaProblem(problem)))}`, {
          code: "xqbus:invalid-schema",
          ...problem,
        } satisfies SchemaProblem);
      }
      told = new Set(problems.map(formatSchemaProblem));
    },
  });
}

/** `schemas changed: PhoneStatus.xsd; new event types: DoorOpened`. */
function describe({ files, added, removed, problems }: CatalogChange): string {
  const parts = [
    files.length === 0 ? "" : `schemas changed: ${list(files.map((file) => basename(file)))}`,
    added.length === 0 ? "" : `new event types: ${list(added)}`,
    removed.length === 0 ? "" : `event types that are gone: ${list(removed)}`,
  ].filter(Boolean);
  if (parts.length > 0) return parts.join("; ");
  return problems.length === 0 ? "schemas: nothing is wrong any more" : "schemas: the versions from before stay in use";
}

function list(names: readonly string[]): string {
  const shown = names.slice(0, MAX_NAMES).join(", ");
  return names.length <= MAX_NAMES ? shown : `${shown} and ${names.length - MAX_NAMES} more`;
}

/** More do not fit a line. */
const MAX_NAMES = 5;
