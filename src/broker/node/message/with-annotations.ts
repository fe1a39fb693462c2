import type { AmqpMap, AmqpValue } from "../../protocol/codec/amqp-value.ts";
import { symbol, ulong } from "../../protocol/codec/amqp-value.ts";
import { encodeValue } from "../../protocol/codec/encode-value.ts";
import { MessageView } from "./message-view.ts";
import { MESSAGE_ANNOTATIONS, sectionsOf } from "./sections.ts";

/** The same message with these message annotations besides its own (AMQP 1.0, part 3.2.3), and without those that are undefined. */
export function withAnnotations(bytes: Buffer, changed: Readonly<Record<string, AmqpValue | undefined>>): Buffer {
  const { head, body } = sectionsOf(bytes);
  const own = head.find(({ code }) => code === MESSAGE_ANNOTATIONS);
  const next = head.find(({ code }) => code > MESSAGE_ANNOTATIONS);
  const start = own?.start ?? next?.start ?? body;
  const annotations = new Map([...new MessageView(bytes).annotations, ...Object.entries(changed)]);
  const value = [...annotations].flatMap(([name, item]) => (item === undefined ? [] : [[symbol(name), item] as const]));
  const map: AmqpMap = { type: "map", value };
  const section = encodeValue({ type: "described", descriptor: ulong(BigInt(MESSAGE_ANNOTATIONS)), value: map });
  return Buffer.concat([bytes.subarray(0, start), section, bytes.subarray(own?.end ?? start)]);
}
