import type { FilterMessage, PropertyValue } from "../filter/index.ts";

/** What of a message stands in the column `message`. */
export interface MessageRecord {
  readonly message: FilterMessage;
  readonly groupId: string | undefined;
}

/** Properties as JSON: whole numbers, times and bytes are objects, because JSON knows one kind of number and none of these. */
type PropertyJson =
  | null
  | boolean
  | number
  | string
  | { readonly integer: string }
  | { readonly double: string }
  | { readonly time: number }
  | { readonly base64: string };

interface RecordJson {
  /** Where the columns have another text in their place. */
  readonly id?: string;
  readonly subject?: string;
  readonly creationTime?: number;
  readonly correlationId?: string;
  readonly contentType?: string;
  readonly groupId?: string;
  readonly properties?: Readonly<Record<string, PropertyJson>>;
}

/**
 * The JSON text of what a message says beside its document, without what has columns of its own.
 *
 * @param columns what these have in place of id and subject: a key that can be indexed
 */
export function writeMessage(
  { message, groupId }: MessageRecord,
  { id = "", subject = "" }: Pick<FilterMessage, "id" | "subject">,
): string {
  const { creationTime, correlationId, contentType, applicationProperties } = message;
  const properties = [...(applicationProperties ?? [])].map(([name, value]) => [name, propertyJson(value)] as const);
  const record: RecordJson = {
    ...((message.id ?? "") === id ? {} : { id: message.id }),
    ...((message.subject ?? "") === subject ? {} : { subject: message.subject }),
    ...(creationTime === undefined || Number.isNaN(creationTime.getTime())
      ? {}
      : { creationTime: creationTime.getTime() }),
    ...(correlationId === undefined ? {} : { correlationId }),
    ...(contentType === undefined ? {} : { contentType }),
    ...(groupId === undefined ? {} : { groupId }),
    ...(properties.length === 0 ? {} : { properties: Object.fromEntries(properties) }),
  };
  return JSON.stringify(record);
}

/** @param columns what the row says beside it */
export function readMessage(text: string, columns: Pick<FilterMessage, "id" | "subject" | "userId">): MessageRecord {
  const { creationTime, groupId, properties = {}, ...rest } = JSON.parse(text) as RecordJson;
  const message: FilterMessage = {
    ...columns,
    ...rest,
    ...(creationTime === undefined ? {} : { creationTime: new Date(creationTime) }),
    applicationProperties: new Map(Object.entries(properties).map(([name, value]) => [name, propertyOf(value)])),
    deliveryCount: 0,
  };
  return { message, groupId };
}

function propertyJson(value: PropertyValue): PropertyJson {
  if (typeof value === "bigint") return { integer: String(value) };
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : { time: value.getTime() };
  if (value instanceof Uint8Array) return { base64: Buffer.from(value).toString("base64") };
  if (typeof value === "number" && (!Number.isFinite(value) || Object.is(value, -0)))
    return { double: numberText(value) };
  return value;
}

function numberText(value: number): string {
  return Object.is(value, -0) ? "-0" : String(value);
}

function propertyOf(value: PropertyJson): PropertyValue {
  if (typeof value !== "object" || value === null) return value;
  if ("integer" in value) return BigInt(value.integer);
  if ("double" in value) return Number(value.double);
  return "time" in value ? new Date(value.time) : Buffer.from(value.base64, "base64");
}
