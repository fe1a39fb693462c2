import type { FilterMessage, PropertyValue } from "../filter/index.ts";
import type { IncomingMessage } from "./message.ts";
import { DescribedValue, ValueReader, type AmqpValue } from "./value-reader.ts";

/**
 * What a filter may ask of a received message. Application properties keep the difference between integers and floating-point numbers;
 * lists, maps and decimals are none that a filter could read, and left out.
 */
export function filterMessageOf({ properties, applicationProperties }: IncomingMessage): FilterMessage {
  const { messageId, subject, creationTime, correlationId, contentType, userId, deliveryCount } = properties;
  return {
    applicationProperties: applicationProperties === undefined ? new Map() : typedProperties(applicationProperties),
    ...(messageId === undefined ? {} : { id: messageId }),
    ...(subject === undefined ? {} : { subject }),
    ...(creationTime === undefined ? {} : { creationTime }),
    ...(correlationId === undefined ? {} : { correlationId }),
    ...(contentType === undefined ? {} : { contentType }),
    ...(userId === undefined ? {} : { userId }),
    deliveryCount,
  };
}

/** The section was read once already, so that it can be. */
function typedProperties(section: Uint8Array): ReadonlyMap<string, PropertyValue> {
  const properties = new Map<string, PropertyValue>();
  const value = new ValueReader(section, { typed: true }).read();
  const map = value instanceof DescribedValue ? value.value : null;
  if (!(map instanceof Map)) return properties;
  for (const [name, entry] of map as ReadonlyMap<AmqpValue, AmqpValue>) {
    if (typeof name === "string" && isPropertyValue(entry)) properties.set(name, entry);
  }
  return properties;
}

function isPropertyValue(value: AmqpValue): value is PropertyValue {
  return typeof value !== "object" || value === null || value instanceof Date || value instanceof Uint8Array;
}
