import type { EventDelivery } from "../amqp/index.ts";
import { childElements, stringValue } from "../xml/index.ts";
import type { XmlElement } from "../xml/index.ts";
import type { Output } from "./io.ts";
import { visibleText } from "./visible-text.ts";

export const EVENT_FORMATS = ["xml", "json", "line"] as const;

export type EventFormat = (typeof EVENT_FORMATS)[number];

/** A field as plain data: text, or the fields of a field; several of one name become a list; attributes have an @. */
type PlainValue = string | { [name: string]: PlainValue | PlainValue[] };

/** Longest value on a line; the other formats show everything. */
const MAX_LINE_VALUE = 60;

/** One received event as text: `xml` indented, `json` on one line with the message's properties, `line` for reading along. */
export function formatEvent(delivery: EventDelivery, format: EventFormat, output: Output): string {
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
        fields: plainValue(event.element),
        xml: event.toString(),
      });
    case "line": {
      const time = (properties.creationTime ?? new Date()).toISOString().slice(11, 19);
      return `${output.style("dim", time)} ${output.style("bold", event.name)} ${lineFields(event.element)}`.trimEnd();
    }
  }
}

function plainValue(element: XmlElement): PlainValue {
  const children = childElements(element);
  if (children.length === 0 && element.attributes.length === 0) return stringValue(element);
  const value: { [name: string]: PlainValue | PlainValue[] } = Object.create(null) as typeof value;
  for (const attribute of element.attributes) value[`@${attribute.name.localName}`] = attribute.value;
  if (children.length === 0) value["#text"] = stringValue(element);
  for (const child of children) {
    const name = child.name.localName;
    const before = value[name];
    if (before === undefined) value[name] = plainValue(child);
    else if (Array.isArray(before)) before.push(plainValue(child));
    else value[name] = [before, plainValue(child)];
  }
  return value;
}

function lineFields(element: XmlElement): string {
  return childElements(element)
    .map((child) => `${child.name.localName}=${shorten(visibleText(stringValue(child).replace(/\s+/g, " ").trim()))}`)
    .join(" ");
}

function shorten(text: string): string {
  return text.length <= MAX_LINE_VALUE ? text : `${text.slice(0, MAX_LINE_VALUE - 1)}…`;
}
