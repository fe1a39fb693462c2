import type { EventDelivery } from "../amqp/index.ts";
import { maskSensitive, toObject } from "../event/index.ts";
import type { Catalog } from "../schema/index.ts";
import { childElements, stringValue } from "../xml/index.ts";
import type { XmlElement } from "../xml/index.ts";
import type { Output } from "./io.ts";
import { visibleText } from "./visible-text.ts";

export const EVENT_FORMATS = ["xml", "json", "line"] as const;

export type EventFormat = (typeof EVENT_FORMATS)[number];

/** Longest value on a line; the other formats show everything. */
const MAX_LINE_VALUE = 60;

/** One received event as text: `xml` indented, `json` on one line (the record of `docs/json.md`), `line` for reading along, without sensitive values. */
export function formatEvent(delivery: EventDelivery, format: EventFormat, output: Output, catalog?: Catalog): string {
  const { event, properties } = delivery;
  switch (format) {
    case "xml":
      return event.toString({ pretty: true });
    case "json":
      return JSON.stringify({
        name: event.name,
        id: properties.messageId,
        subject: properties.subject,
        time: properties.creationTime?.toISOString(),
        deliveryCount: properties.deliveryCount,
        content: catalog === undefined ? event.content : toObject(event, catalog),
        xml: event.toString(),
      });
    case "line": {
      const time = (properties.creationTime ?? new Date()).toISOString().slice(11, 19);
      const { element } = maskSensitive(event, catalog);
      return `${output.style("dim", time)} ${output.style("bold", event.name)} ${lineFields(element)}`.trimEnd();
    }
  }
}

function lineFields(element: XmlElement): string {
  return childElements(element)
    .map((child) => `${child.name.localName}=${shorten(visibleText(stringValue(child).replace(/\s+/g, " ").trim()))}`)
    .join(" ");
}

function shorten(text: string): string {
  return text.length <= MAX_LINE_VALUE ? text : `${text.slice(0, MAX_LINE_VALUE - 1)}…`;
}
