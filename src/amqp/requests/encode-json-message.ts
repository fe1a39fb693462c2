import { ByteWriter } from "../byte-writer.ts";
import { DATA, HEADER, MAX_TTL_MS, PROPERTIES } from "../message-sections.ts";

/** A request or an answer: JSON in a data section, with the properties that bring an answer back. */
export interface JsonMessage {
  readonly body: Uint8Array;
  readonly messageId: string;
  /** The name under which the sender has logged in; brokers may refuse another one. */
  readonly user?: string | undefined;
  readonly subject?: string | undefined;
  /** Where the answer goes. */
  readonly replyTo?: string | undefined;
  /** Of an answer: the message id of the request. */
  readonly correlationId?: string | undefined;
  /** When it is worth nothing any more, in milliseconds since 1970. */
  readonly expiresAt?: number | undefined;
}

const writer = new ByteWriter();

/** The bytes of the message. It is not durable: a request is worth nothing without who waits for its answer. */
export function encodeJsonMessage(message: JsonMessage, now: number = Date.now()): Buffer {
  const { body, messageId, user, subject, replyTo, correlationId, expiresAt } = message;
  writer.clear();
  writer.described(HEADER, "list", () => {
    writer.boolean(false);
    if (expiresAt === undefined) return 1;
    writer.null(); // priority
    writer.uint(Math.max(1, Math.min(Math.round(expiresAt - now), MAX_TTL_MS)));
    return 3;
  });
  writer.described(PROPERTIES, "list", () => {
    writer.string(messageId);
    if (user === undefined) writer.null();
    else writer.binary(Buffer.from(user, "utf8"));
    writer.null(); // to
    writeText(subject);
    writeText(replyTo);
    writeText(correlationId);
    writer.symbol("application/json");
    writer.null(); // content-encoding
    if (expiresAt === undefined) writer.null();
    else writer.timestamp(Math.round(expiresAt));
    writer.timestamp(now);
    return 10;
  });
  writer.describedBinary(DATA, body.length);
  return writer.finish(body);
}

function writeText(text: string | undefined): void {
  if (text === undefined) writer.null();
  else writer.string(text);
}
