import type { Catalog } from "../schema/index.ts";
import { asyncApi } from "./async-api.ts";
import { documentIds } from "./document-ids.ts";
import { documentedEvent } from "./documented-event.ts";
import { eventPage } from "./event-page.ts";
import { indexPage } from "./index-page.ts";
import type { SchemaCopies } from "./read-schema-copies.ts";

/**
 * The documentation of a catalog as files by their path in one folder: `index.markup`, a page for each event type, `asyncapi.json`,
 * and the XSD files that it refers to. The same schemas give the same bytes: no dates, no paths of the machine.
 */
export function schemaDocs(
  catalog: Catalog,
  { files, pathOf }: SchemaCopies,
): ReadonlyMap<string, string | Uint8Array> {
  const ids = documentIds(catalog.eventNames);
  const events = [...ids].map(([name, id]) => documentedEvent(catalog, name, id));
  const schemaOf = (file: string): string => pathOf.get(file) ?? "";
  return new Map<string, string | Uint8Array>([
    ["index.html", indexPage(events, catalog.namespace)],
    ...events.map((event) => [`${event.id}.html`, eventPage(event, schemaOf(event.description.file))] as const),
    ["asyncapi.json", `${JSON.stringify(asyncApi(events, schemaOf), undefined, 2)}\n`],
    ...files,
  ]);
}
