import type { FilterMessage, PropertyValue } from "../../../filter/index.ts";
import type { AmqpValue } from "../../protocol/codec/amqp-value.ts";
import { binary, boolean, composite, NULL, string, symbol, ulong } from "../../protocol/codec/amqp-value.ts";
import { encodeValue } from "../../protocol/codec/encode-value.ts";
import { APPLICATION_PROPERTIES, DATA, HEADER, PROPERTIES } from "../message/sections.ts";

/** A message that was on a bus before. */
export interface RepeatedMessage {
  readonly body: Uint8Array;
  /** What filters may ask of it. */
  readonly message: FilterMessage;
  readonly groupId: string | undefined;
}

/** The message as it is encoded (AMQP 1.0, part 3.2): durable, without a time to live. */
export function encodeRepeated({ body, message, groupId }: RepeatedMessage): Buffer {
  const { id, userId, subject, correlationId, contentType, creationTime, applicationProperties } = message;
  const made = creationTime?.getTime() ?? NaN;
  const properties = composite(PROPERTIES, [
    textOr(id, string),
    textOr(userId, (text) => binary(Buffer.from(text))),
    NULL, // to
    textOr(subject, string),
    NULL, // reply-to
    textOr(correlationId, string),
    textOr(contentType, symbol),
    NULL, // content-encoding
    NULL, // absolute-expiry-time
    Number.isNaN(made) ? NULL : { type: "timestamp", value: BigInt(made) },
    textOr(groupId, string),
  ]);
  const entries = [...(applicationProperties ?? [])].map(
    ([name, value]) => [string(name), amqpValueOf(value)] as const,
  );
  return Buffer.concat([
    encodeValue(composite(HEADER, [boolean(true)])),
    encodeValue(properties),
    ...(entries.length === 0 ? [] : [section(APPLICATION_PROPERTIES, { type: "map", value: entries })]),
    section(DATA, binary(Buffer.from(body.buffer, body.byteOffset, body.length))),
  ]);
}

function section(code: number, value: AmqpValue): Buffer {
  return encodeValue({ type: "described", descriptor: ulong(BigInt(code)), value });
}

function textOr(text: string | undefined, of: (text: string) => AmqpValue): AmqpValue {
  return text === undefined ? NULL : of(text);
}

/** What filters see as this value. */
function amqpValueOf(value: PropertyValue): AmqpValue {
  if (value === null) return NULL;
  if (value instanceof Date) return { type: "timestamp", value: BigInt(value.getTime()) };
  switch (typeof value) {
    case "boolean":
      return boolean(value);
    case "string":
      return string(value);
    case "number":
      return { type: "double", value };
    case "bigint":
      return { type: BigInt.asIntN(64, value) === value ? "long" : "ulong", value };
    default:
      return binary(Buffer.from(value));
  }
}
