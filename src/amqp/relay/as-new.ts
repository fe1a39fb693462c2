import { ByteWriter } from "../byte-writer.ts";
import { codeOf } from "../message.ts";
import { DELIVERY_ANNOTATIONS, HEADER } from "../message-sections.ts";
import { ValueReader, type AmqpValue } from "../value-reader.ts";

const writer = new ByteWriter();

/**
 * A received message as it is sent on: header fields that are about deliveries here (`first-acquirer`, `delivery-count`) and delivery annotations
 * end with this hop (AMQP 1.0, parts 3.2.1 and 3.2.2); durability, priority, time to live and everything else stay, byte by byte.
 *
 * @param message one that was read before
 */
export function asNew(message: Uint8Array): Buffer {
  const reader = new ValueReader(message);
  let header: readonly AmqpValue[] | undefined;
  let isSame = true;
  let rest = 0;
  while (!reader.done) {
    const code = codeOf(reader.readDescriptor() ?? null);
    if (code !== HEADER && code !== DELIVERY_ANNOTATIONS) break;
    const value = reader.read();
    if (code === HEADER && Array.isArray(value)) header = value as readonly AmqpValue[];
    if (code === DELIVERY_ANNOTATIONS || isAboutDelivery(header)) isSame = false;
    rest = reader.position;
  }
  if (isSame) return Buffer.from(message.buffer, message.byteOffset, message.byteLength);
  writer.clear();
  if (header !== undefined) writeHeader(header);
  return writer.finish(message.subarray(rest));
}

function isAboutDelivery(header: readonly AmqpValue[] = []): boolean {
  const [, , , isFirst = null, count = null] = header;
  return isFirst === true || (count !== null && count !== 0);
}

function writeHeader([durable = null, priority = null, ttl = null]: readonly AmqpValue[]): void {
  writer.described(HEADER, "list", () => {
    writer.boolean(durable === true);
    if (typeof priority === "number") writer.ubyte(priority);
    else writer.null();
    if (typeof ttl === "number") writer.uint(ttl);
    else writer.null();
    return 3;
  });
}
