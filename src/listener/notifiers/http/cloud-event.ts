import type { NotificationDocument } from "../../notification-document.ts";
import type { Notification } from "../../notifier.ts";
import { printable } from "../printable.ts";

/** Attributes of a CloudEvent 1.0 by name; all of them are texts. */
export type CloudEventAttributes = Readonly<Record<string, string>>;

/** @param source URI reference of the bus that the event comes from */
export function cloudEventAttributes(notification: Notification, source: string): CloudEventAttributes {
  const { id, type, subject, time, traceparent } = notification;
  return {
    specversion: "1.0",
    id,
    source,
    type,
    ...(subject === "" ? {} : { subject }),
    time: new Date(time).toISOString(),
    ...(traceparent === undefined ? {} : { traceparent }),
  };
}

/** The structured mode of the HTTP binding: attributes and data in one JSON document. */
export function structuredCloudEvent(attributes: CloudEventAttributes, data: NotificationDocument): string {
  return JSON.stringify({ ...attributes, datacontenttype: "application/json", data });
}

/** The binary mode of the HTTP binding: attributes as header fields, values percent-encoded where they must be (section 3.1.3.2). */
export function cloudEventHeaders(attributes: CloudEventAttributes): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(attributes).map(([name, value]) => [`ce-${name}`, printable(value)]));
}
