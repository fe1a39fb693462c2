import type { Catalog } from "../../../schema/index.ts";
import { escapeAttribute } from "../../../xml/index.ts";
import { notificationDocument } from "../../notification-document.ts";
import type { Notification } from "../../notifier.ts";
import { printable } from "../printable.ts";
import { notificationBody, type BodyConfig } from "../notification-body.ts";

const DECLARATION = /^\ufeff?<\?xml\s[^>]*\?>\s*/u;

/**
 * What a file gets of one event, with the end of its last line.
 *
 * # Format
 *
 * `json` is one line, the plain form with what receivers recognise repeats by: `{"id":"…","time":"…","event_type":"…","payload":{…}}`.
 * `xml` is the document as it was sent, behind a processing instruction with the same: `<?xqbus id="…" time="…" event_type="…"?>`.
 */
export function fileRecord(notification: Notification, catalog: Catalog, config: BodyConfig): Uint8Array {
  const { id, type } = notification;
  const time = new Date(notification.time).toISOString();
  if (config.format !== "xml") {
    const document = notificationDocument(notification, catalog, { mask: config.mask ?? false });
    return Buffer.from(`${JSON.stringify({ id, time, ...document })}\n`);
  }
  const { bytes } = notificationBody(notification, catalog, config);
  const document = Buffer.from(bytes).toString().replace(DECLARATION, "");
  const labels = { id: printable(id), time, event_type: type, ...(notification.isTest ? { test: "true" } : {}) };
  const pseudo = Object.entries(labels).map(([name, value]) => ` ${name}="${escapeAttribute(value)}"`);
  return Buffer.from(`<?xqbus${pseudo.join("")}?>\n${document}\n`);
}
