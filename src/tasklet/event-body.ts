import type { Event } from "../event/index.ts";

/** Events of objects in a database: what is told of them is their guid. */
const OBJECT_EVENTS: readonly string[] = ["ObjectStored", "ObjectUpdated", "ObjectDeleted"];
const GUID_FIELDS: readonly string[] = ["Guid", "guid"];

/** What a tasklet gets as `params.eventBody`: the tag string as it was published, the guid of an object, else the document. */
export function eventBody(event: Event): string {
  if (event.name === "TagEvent") return event.get("Text") ?? "";
  if (!OBJECT_EVENTS.includes(event.name)) return event.toString();
  const [guid] = GUID_FIELDS.flatMap((field) => event.get(field) ?? []);
  return guid ?? event.toString();
}
