import type { AmqpMap, AmqpValue } from "../../protocol/codec/amqp-value.ts";
import { symbol, ulong } from "../../protocol/codec/amqp-value.ts";
import { encodeValue } from "../../protocol/codec/encode-value.ts";
import { MessageView } from "./message-view.ts";
import { MESSAGE_ANNOTATIONS, sectionsOf } from "./sections.ts";

/** The same message with these message annotations besides its own (AMQP 1.0, part 3.2.3). */
export function withAnnotations(bytes: Buffer, added: Readonly<Record<string, AmqpValue>>): Buffer {
  const { head, body } = sectionsOf(bytes);
  const own = head.find(({ code }) => code === MESSAGE_ANNOTATIONS);
  const next = head.find(({ code }) => code > MESSAGE_ANNOTATIONS);
  const start = own?.start ?? next?.start ?? body;
  const annotations = new Map([...new MessageView(bytes).annotations, ...Object.entries(added)]);
  const map: AmqpMap = { type: "map", value: [...annotations].map(([name, value]) => [symbol(name), value]) };
  const section = encodeValue({ type: "described", descriptor: ulong(BigInt(MESSAGE_ANNOTATIONS)), value: map });
  return Buffer.concat([bytes.subarray(0, start), section, bytes.subarray(own?.end ?? start)]);
}
