import type { AmqpMap, AmqpValue } from "../../protocol/codec/amqp-value.ts";
import { string, symbol, ulong } from "../../protocol/codec/amqp-value.ts";
import { encodeValue } from "../../protocol/codec/encode-value.ts";
import { MessageView } from "./message-view.ts";
import { APPLICATION_PROPERTIES, MESSAGE_ANNOTATIONS, sectionsOf } from "./sections.ts";

type Changes = Readonly<Record<string, AmqpValue | undefined>>;

/** The same message with these message annotations besides its own (AMQP 1.0, part 3.2.3), and without those that are undefined. */
export function withAnnotations(bytes: Buffer, changed: Changes): Buffer {
  return withEntries(
    bytes,
    { code: MESSAGE_ANNOTATIONS, key: symbol, own: new MessageView(bytes).annotations },
    changed,
  );
}

/** The same message with these application properties besides its own (AMQP 1.0, part 3.2.5), and without those that are undefined. */
export function withApplicationProperties(bytes: Buffer, changed: Changes): Buffer {
  const own = new MessageView(bytes).applicationProperties;
  return withEntries(bytes, { code: APPLICATION_PROPERTIES, key: string, own }, changed);
}

interface MapSection {
  readonly code: number;
  readonly key: (name: string) => AmqpValue;
  /** Its entries so far. */
  readonly own: ReadonlyMap<string, AmqpValue>;
}

function withEntries(bytes: Buffer, { code, key, own: before }: MapSection, changed: Changes): Buffer {
  const { head, body } = sectionsOf(bytes);
  const own = head.find((section) => section.code === code);
  const next = head.find((section) => section.code > code);
  const start = own?.start ?? next?.start ?? body;
  const entries = new Map([...before, ...Object.entries(changed)]);
  const value = [...entries].flatMap(([name, item]) => (item === undefined ? [] : [[key(name), item] as const]));
  const map: AmqpMap = { type: "map", value };
  const section = encodeValue({ type: "described", descriptor: ulong(BigInt(code)), value: map });
  return Buffer.concat([bytes.subarray(0, start), section, bytes.subarray(own?.end ?? start)]);
}
