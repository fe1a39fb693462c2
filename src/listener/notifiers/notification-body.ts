import { bytesOf, maskSensitive } from "../../event/index.ts";
import type { Catalog } from "../../schema/index.ts";
import { notificationDocument } from "../notification-document.ts";
import type { Notification, NotifierField } from "../notifier.ts";

/** What a receiver gets: the plain JSON form of the event, or the event as it was sent. */
export const BODY_FORMATS = ["json", "xml"] as const;

/** One of {@link BODY_FORMATS}. */
export type BodyFormat = (typeof BODY_FORMATS)[number];

/** The fields that say what is in a body. */
export interface BodyConfig {
  /** Default `json`. */
  readonly format?: BodyFormat;
  /** Whether `***` stands in place of what the annotation `sensitive` names. Default false. */
  readonly mask?: boolean;
}

/** The fields of {@link BodyConfig}. */
export const BODY_FIELDS: readonly NotifierField[] = [
  { name: "format", kind: "choice", choices: BODY_FORMATS, help: "What is sent: json (the default) or xml" },
  { name: "mask", kind: "boolean", help: "Send *** in place of sensitive fields (default: false)" },
];

/** A body and its media type. */
export interface NotificationBody {
  readonly contentType: string;
  /** UTF-8. */
  readonly bytes: Uint8Array;
}

/** The body that a configuration asks for. */
export function notificationBody(
  notification: Notification,
  catalog: Catalog,
  { format = "json", mask = false }: BodyConfig,
): NotificationBody {
  if (format === "xml") {
    const event = mask ? maskSensitive(notification.event, catalog) : notification.event;
    return { contentType: "application/xml", bytes: bytesOf(event) };
  }
  const document = notificationDocument(notification, catalog, { mask });
  return { contentType: "application/json", bytes: Buffer.from(JSON.stringify(document)) };
}
