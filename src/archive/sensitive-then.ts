import { hash } from "node:crypto";
import { maskSensitive, sensitivePaths, type Event } from "../event/index.ts";
import { annotationsOf, WHOLE_EVENT, type Catalog, type SchemaModel } from "../schema/index.ts";
import type { ArchivedEvent } from "./archived-event.ts";

/** UTF-16 code units of all paths that are kept with a kind: senders may invent places without end where a wildcard lets them. */
const MAX_PATHS = 4000;

/** Paths of what is sensitive in an event, to be kept with its kind. */
export function sensitiveNow(event: Event, model: SchemaModel): readonly string[] {
  const paths = sensitivePaths(event, model);
  return paths.reduce((length, path) => length + path.length, 0) > MAX_PATHS ? [WHOLE_EVENT] : paths;
}

/** Tells lists of paths apart; empty: none is known. */
export function sensitiveKey(paths: readonly string[] | undefined): string {
  return paths === undefined ? "" : hash("sha256", JSON.stringify(paths), "base64url").slice(0, 22);
}

/**
 * What is hidden in an archived event whatever the schemas say now: what was sensitive when it was archived. Where nobody knows that, the
 * schemas alone say it, and everything is hidden when they do not have the type.
 *
 * @param event the document that was read
 */
export function sensitiveThen(
  { sensitive }: Pick<ArchivedEvent, "sensitive">,
  { name, namespace }: Pick<Event, "name" | "namespace">,
  catalog: Pick<Catalog, "model"> | undefined,
): readonly string[] {
  if (sensitive !== undefined) return sensitive;
  const type = catalog && annotationsOf(catalog.model).event(name, namespace);
  return type === undefined ? [WHOLE_EVENT] : [];
}

/** An archived event with a mask in place of what is sensitive, or was when it was archived: what people are shown, and what their filters see. */
export function maskArchived(event: Event, archived: Pick<ArchivedEvent, "sensitive">, catalog: Catalog): Event {
  return maskSensitive(event, catalog, sensitiveThen(archived, event, catalog));
}
