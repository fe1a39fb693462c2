import { maskSensitive, toJson, toPlainDocument } from "../event/index.ts";
import type { PlainDocument } from "../event/index.ts";
import type { Catalog } from "../schema/index.ts";
import type { Notification } from "./notifier.ts";

/** A notification as an object for `JSON.stringify`. */
export interface NotificationDocument extends PlainDocument {
  /** Only in the sample of a test. */
  readonly test?: true;
}

/** How {@link notificationDocument} shows an event. */
export interface DocumentOptions {
  /** Whether `***` stands in place of what the annotation `sensitive` names. Default false. */
  readonly mask?: boolean;
}

/**
 * The plain JSON form of a notification: `{ "event_type": "PhoneStatus", "payload": { … } }`; `docs/json.md` says what is in it
 * ("Plain JSON").
 */
export function notificationDocument(
  { event, type, isTest }: Notification,
  catalog: Catalog,
  { mask = false }: DocumentOptions = {},
): NotificationDocument {
  const shown = mask ? maskSensitive(toJson(event, catalog), catalog) : event;
  const document: NotificationDocument = { ...toPlainDocument(shown, catalog), event_type: type };
  return isTest ? { ...document, test: true } : document;
}
