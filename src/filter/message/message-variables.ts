import { BASE64_BINARY, DATE_TIME } from "../values/atomic-type.ts";
import { BinaryValue } from "../values/binary-value.ts";
import { DateTimeValue, partsOfInstant } from "../values/date-time-value.ts";
import { DecimalValue } from "../values/decimal-value.ts";
import type { AtomicValue, Sequence } from "../values/item.ts";
import { MESSAGE_FIELDS } from "./external-variables.ts";
import { MESSAGE_NAMESPACE, type FilterMessage, type PropertyValue } from "./filter-message.ts";

/** The values of external variables for one message, by Clark name. */
export function messageVariables(message: FilterMessage): ReadonlyMap<string, Sequence> {
  const variables = new Map<string, Sequence>();
  for (const [name, value] of message.applicationProperties ?? []) variables.set(name, sequenceOf(value));
  for (const [name, { field }] of MESSAGE_FIELDS) {
    const value = message[field];
    // The one number among them is a count.
    const exact = typeof value === "number" ? BigInt(value) : value;
    if (exact !== undefined) variables.set(`{${MESSAGE_NAMESPACE}}${name}`, sequenceOf(exact));
  }
  return variables;
}

function sequenceOf(value: PropertyValue): Sequence {
  const isNothing = value === null || (value instanceof Date && Number.isNaN(value.getTime()));
  return isNothing ? [] : [atomicOf(value)];
}

function atomicOf(value: Exclude<PropertyValue, null>): AtomicValue {
  if (value instanceof Date) {
    const instant = DecimalValue.of(BigInt(value.getTime()), 3);
    return new DateTimeValue(DATE_TIME, partsOfInstant(instant, 0, 0));
  }
  return value instanceof Uint8Array ? new BinaryValue(BASE64_BINARY, value) : value;
}
