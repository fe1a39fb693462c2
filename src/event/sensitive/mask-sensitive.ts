import { Event, modelSourceOf } from "../event.ts";
import type { JsonEvent } from "../object/named-content.ts";
import { modelOf, type ModelSource } from "../object/model-source.ts";
import { maskDocument } from "./mask-document.ts";
import { maskObject } from "./mask-object.ts";

/**
 * The event with `***` in place of what the annotation `sensitive` names, for logs, mails, pages and exports. It is to be
 * shown, not to be sent: `***` need not be a valid value.
 *
 * What the schema does not know, because the event is not valid or a wildcard lets anything in, is masked when it has the name
 * of a sensitive field of the event.
 *
 * @param catalog default: the one that the event was read or made with, else the default directories
 * @param more paths that are masked whatever the schema says, such as those that were sensitive when the event was kept
 * @returns the same event when nothing in it is sensitive
 * @throws XqbusError `xqbus:unreadable` when the default directories are needed and cannot be read
 */
export function maskSensitive(event: Event, catalog?: ModelSource, more?: readonly string[]): Event;
/**
 * The same for an event as an object, `{ "PhoneStatus": { … } }` as `toJson` gives it.
 *
 * @param catalog default: the default directories
 */
export function maskSensitive(event: JsonEvent, catalog?: ModelSource, more?: readonly string[]): JsonEvent;
export function maskSensitive(
  event: Event | JsonEvent,
  catalog?: ModelSource,
  more?: readonly string[],
): Event | JsonEvent {
  if (!(event instanceof Event)) return maskObject(event, modelOf(catalog), more);
  const source = catalog ?? modelSourceOf(event);
  const masked = maskDocument(event.document, modelOf(source), more);
  if (masked === undefined) return event;
  return Event.parse(masked, { limits: UNLIMITED, ...(source === undefined ? {} : { catalog: source }) });
}

/** It was read before within its limits, and is hardly larger now. */
const UNLIMITED = { maxBytes: Infinity, maxAttributes: Infinity, maxNameLength: Infinity, maxDepth: Infinity };
