import { valueAtPlainPath } from "../../../event/index.ts";
import type { ContentValue } from "../../../event/index.ts";
import type { NotificationDocument } from "../../notification-document.ts";
import type { Notification } from "../../notifier.ts";

/** The whole plain document, as JSON text. */
export const DOCUMENT_PATH = "document";

/** What templates may say of the message, besides the event itself. */
const OF_NOTIFICATION: Readonly<Record<string, (notification: Notification) => string>> = {
  "notification.id": ({ id }) => id,
  "notification.delivery": ({ delivery }) => delivery,
  "notification.listener": ({ listener }) => listener,
  "notification.subject": ({ subject }) => subject,
  "notification.time": ({ time }) => new Date(time).toISOString(),
};

/** The paths that every event has a value for. */
export const COMMON_PATHS: readonly string[] = [DOCUMENT_PATH, ...Object.keys(OF_NOTIFICATION)];

/** The plain document as people read it. */
export function documentText(document: NotificationDocument): string {
  return JSON.stringify(document, undefined, 2);
}

/** The value at a path as text: nothing for null and what is not there, several ones with commas between. */
export function templateValue(path: string, document: NotificationDocument, notification: Notification): string {
  if (path === DOCUMENT_PATH) return documentText(document);
  const ofNotification = Object.hasOwn(OF_NOTIFICATION, path) ? OF_NOTIFICATION[path] : undefined;
  return ofNotification === undefined ? valueText(valueAtPlainPath(document, path)) : ofNotification(notification);
}

function valueText(value: ContentValue | undefined): string {
  if (value === undefined || value === null) return "";
  if (typeof value !== "object") return String(value);
  const isPlainList = Array.isArray(value) && value.every((item) => typeof item !== "object" || item === null);
  return isPlainList ? value.map(valueText).join(", ") : JSON.stringify(value);
}
