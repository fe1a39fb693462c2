import { decodeValue } from "../../protocol/codec/decode-value.ts";
import type { FieldReader } from "../../protocol/codec/field-reader.ts";

/** The properties of a message that a broker may look at (AMQP 1.0, part 3.2.4). Times are ms since 1970. */
export interface MessageProperties {
  readonly messageId?: string | undefined;
  readonly userId?: string | undefined;
  readonly to?: string | undefined;
  readonly subject?: string | undefined;
  readonly replyTo?: string | undefined;
  readonly correlationId?: string | undefined;
  readonly contentType?: string | undefined;
  readonly absoluteExpiryTime?: number | undefined;
  readonly creationTime?: number | undefined;
  readonly groupId?: string | undefined;
}

export const NO_PROPERTIES: MessageProperties = Object.freeze({});

/** @throws ProtocolFault `amqp:decode-error` */
export function readProperties(fields: FieldReader): MessageProperties {
  const messageId = textOf(fields.any());
  const userId = fields.binary("user-id")?.toString("utf8");
  const to = fields.string("to");
  const subject = fields.string("subject");
  const replyTo = fields.string("reply-to");
  const correlationId = textOf(fields.any());
  const contentType = fields.symbol("content-type");
  fields.ignore("content-encoding", "symbol");
  const absoluteExpiryTime = fields.timestamp("absolute-expiry-time");
  const creationTime = fields.timestamp("creation-time");
  const groupId = fields.string("group-id");
  return {
    ...{ messageId, userId, to, subject, replyTo, correlationId, contentType },
    ...{ absoluteExpiryTime, creationTime, groupId },
  };
}

/** An identifier is a number, a UUID, bytes or a text (AMQP 1.0, part 3.2.11 to 3.2.14). */
function textOf(encoded: Buffer | undefined): string | undefined {
  if (encoded === undefined) return undefined;
  const { type, value } = decodeValue(encoded);
  if (type === "uuid") {
    return value.toString("hex").replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/u, "$1-$2-$3-$4-$5");
  }
  if (type === "binary") return value.toString("base64");
  return type === "string" || type === "ulong" ? String(value) : undefined;
}
