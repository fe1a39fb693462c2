import { Event, maskSensitive, toJson } from "../event/index.ts";
import type { Catalog } from "../schema/index.ts";
import type { ArchivedEvent } from "./archived-event.ts";
import { maskArchived, sensitiveThen } from "./sensitive-then.ts";

/** What an entry has of the document: its JSON form, the XML text, or nothing. */
export type EntryForm = "json" | "xml" | "none";

/** An archived event as people and programs are shown it. Values of fields that are sensitive, or were when it was archived, are masked. */
export interface ArchiveEntry extends Pick<
  ArchivedEvent,
  "number" | "id" | "type" | "routingKey" | "source" | "time" | "archivedAt" | "principal" | "size"
> {
  /** The JSON form of the event; of the form `json` only. */
  readonly event?: unknown;
  /** The document; of the form `xml` only. */
  readonly document?: string;
}

/** What is shown of an archived event. */
export function archiveEntry(archived: ArchivedEvent, catalog: Catalog, form: EntryForm = "json"): ArchiveEntry {
  const { number, id, type, routingKey, source, time, archivedAt, principal, size, document } = archived;
  const entry = { number, id, type, routingKey, source, time, archivedAt, principal, size };
  if (form === "none") return entry;
  const event = Event.parse(document);
  if (form === "xml") return { ...entry, document: maskArchived(event, archived, catalog).toString() };
  const hidden = sensitiveThen(archived, event, catalog);
  return { ...entry, event: maskSensitive(toJson(event, catalog), catalog, hidden) };
}
