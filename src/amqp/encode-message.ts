import type { PropertyValue } from "../filter/index.ts";
import type { PromotedValue } from "../schema/index.ts";
import { ByteWriter } from "./byte-writer.ts";
import { APPLICATION_PROPERTIES, DATA, HEADER, MAX_TTL_MS, PROPERTIES } from "./message-sections.ts";

/** What a sender says of an event; `docs/message-format.md` shows the message that becomes of it. Notifications are other documents. */
export interface OutgoingMessage {
  /** The document. */
  readonly bytes: Uint8Array;
  /** Of the data section; default `application/xml` (RFC 7303, section 9.1). */
  readonly contentType?: string | undefined;
  readonly messageId: string;
  readonly subject: string;
  readonly creationTime: Date;
  readonly durable: boolean;
  readonly correlationId?: string | undefined;
  readonly groupId?: string | undefined;
  /** How long it is worth to be delivered, in milliseconds from its creation. */
  readonly ttlMs?: number | undefined;
  readonly traceparent?: string | undefined;
  readonly cloudEvent?: CloudEventKind | undefined;
  /** By name; default: none. */
  readonly applicationProperties?: ReadonlyMap<string, PromotedValue> | undefined;
  /** More of them, as they were in the message that this one repeats. */
  readonly repeated?: ReadonlyMap<string, PropertyValue> | undefined;
}

/** What is the same in all events of a type from one sender, as CloudEvents calls it. */
export interface CloudEventKind {
  readonly type: string;
  readonly source: string;
  /** Absent where the event has no namespace. */
  readonly dataSchema?: string;
}

const DEFAULT_CONTENT_TYPE = "application/xml";

const writer = new ByteWriter();
/** The properties that each kind has in common, encoded. */
const encodedKinds = new WeakMap<CloudEventKind, { readonly bytes: Uint8Array; readonly count: number }>();

/** The bytes of the message: header, properties, application properties if there are any, and one data section. */
export function encodeMessage(message: OutgoingMessage): Buffer {
  const { bytes, cloudEvent, repeated } = message;
  const traceparent = repeated?.has("traceparent") === true ? undefined : message.traceparent;
  // Before the writer is in use.
  const kind = cloudEvent === undefined ? undefined : encodedKind(cloudEvent);
  writer.clear();
  writeHeader(message);
  writeProperties(message);
  const hasProperties =
    kind !== undefined ||
    traceparent !== undefined ||
    (message.applicationProperties?.size ?? 0) + (repeated?.size ?? 0) > 0;
  if (hasProperties) {
    writer.described(APPLICATION_PROPERTIES, "map", () => {
      let count = 0;
      if (kind !== undefined) {
        writer.raw(kind.bytes);
        writeText("cloudEvents_id", message.messageId);
        writeText("cloudEvents_time", message.creationTime.toISOString());
        count += kind.count + 4;
      }
      if (traceparent !== undefined) {
        writeText("traceparent", traceparent);
        count += 2;
      }
      for (const [name, value] of message.applicationProperties ?? []) {
        writer.string(name);
        writeValue(value);
        count += 2;
      }
      for (const [name, value] of repeated ?? []) {
        writer.string(name);
        writeAsItWas(value);
        count += 2;
      }
      return count;
    });
  }
  writer.describedBinary(DATA, bytes.length);
  return writer.finish(bytes);
}

function writeHeader({ durable, ttlMs }: OutgoingMessage): void {
  writer.described(HEADER, "list", () => {
    writer.boolean(durable);
    if (ttlMs === undefined) return 1;
    writer.null();
    writer.uint(Math.min(Math.round(ttlMs), MAX_TTL_MS));
    return 3;
  });
}

function writeProperties(message: OutgoingMessage): void {
  const { messageId, subject, correlationId, groupId, creationTime, ttlMs } = message;
  const { contentType = DEFAULT_CONTENT_TYPE } = message;
  const created = creationTime.getTime();
  writer.described(PROPERTIES, "list", () => {
    writer.string(messageId);
    writer.null(); // user-id
    writer.null(); // to
    writer.string(subject);
    writer.null(); // reply-to
    if (correlationId === undefined) writer.null();
    else writer.string(correlationId);
    writer.symbol(contentType);
    writer.null(); // content-encoding
    if (ttlMs === undefined) writer.null();
    else writer.timestamp(created + Math.round(ttlMs));
    writer.timestamp(created);
    if (groupId === undefined) return 10;
    writer.string(groupId);
    return 11;
  });
}

/** A property has the type of its field (AMQP 1.0, part 1.6): never one that its value happens to fit. */
function writeValue({ kind, value }: PromotedValue): void {
  switch (kind) {
    case "integer":
      writer.long(value);
      break;
    case "number":
      writer.double(value);
      break;
    case "boolean":
      writer.boolean(value);
      break;
    default:
      writer.string(value);
  }
}

/** The type that receivers read the same value of; which kind of whole number it was is not known any more. */
function writeAsItWas(value: PropertyValue): void {
  switch (typeof value) {
    case "bigint":
      return writer.longOf(value);
    case "number":
      return writer.double(value);
    case "boolean":
      return writer.boolean(value);
    case "string":
      return writer.string(value);
    default:
      if (value === null) writer.null();
      else if (value instanceof Date) writer.timestamp(value.getTime());
      else writer.binary(value);
  }
}

function encodedKind(kind: CloudEventKind): { readonly bytes: Uint8Array; readonly count: number } {
  const known = encodedKinds.get(kind);
  if (known !== undefined) return known;
  writer.clear();
  writeText("cloudEvents_specversion", "1.0");
  writeText("cloudEvents_type", kind.type);
  writeText("cloudEvents_source", kind.source);
  if (kind.dataSchema !== undefined) writeText("cloudEvents_dataschema", kind.dataSchema);
  const encoded = { bytes: writer.finish(new Uint8Array()), count: kind.dataSchema === undefined ? 6 : 8 };
  encodedKinds.set(kind, encoded);
  return encoded;
}

function writeText(name: string, value: string): void {
  writer.string(name);
  writer.string(value);
}
