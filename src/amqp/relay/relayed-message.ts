import type { Event } from "../../event/index.ts";
import type { FilterMessage } from "../../filter/index.ts";
import type { Catalog } from "../../schema/index.ts";
import type { XmlLimits } from "../../xml/index.ts";
import { readEvent } from "../check-event.ts";
import { filterMessageOf } from "../filter-message.ts";
import { decodeMessage, type MessageProperties } from "../message.ts";

/** A message that is to be sent on, as far as somebody has to know it. */
export interface RelayedMessage {
  readonly event: Event;
  readonly properties: MessageProperties;
  /** What filters may ask of it. */
  readonly asked: () => FilterMessage;
}

/**
 * Reads a message that carries an event.
 *
 * @throws InvalidEventError, XqbusError `xqbus:invalid-event`, `xqbus:limit-exceeded` it carries none
 */
export function readRelayed(
  bytes: Uint8Array,
  { limits, catalog }: { readonly limits?: Partial<XmlLimits>; readonly catalog?: Catalog } = {},
): RelayedMessage {
  const message = decodeMessage(bytes);
  const event = readEvent(message.document, limits, catalog);
  return { event, properties: message.properties, asked: () => filterMessageOf(message) };
}
