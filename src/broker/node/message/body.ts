import { decodeValue } from "../../protocol/codec/decode-value.ts";
import { AMQP_VALUE, bodySections, DATA } from "./sections.ts";

/** The text or the bytes of a body: data sections, or a value that is a string or binary; undefined for another one. */
export function bodyOf(bytes: Buffer, start: number): Buffer | string | undefined {
  const parts: Buffer[] = [];
  for (const { code, value, end } of bodySections(bytes, start)) {
    if (code !== DATA && code !== AMQP_VALUE) break;
    const type = bytes[value];
    const isText = type === 0xa1 || type === 0xb1;
    if (!isText && type !== 0xa0 && type !== 0xb0) return undefined;
    const part = decodeValue(bytes.subarray(value, end));
    if (part.type === "string") return part.value;
    if (part.type === "binary") parts.push(part.value);
  }
  return parts.length === 0 ? undefined : parts.length === 1 ? parts[0] : Buffer.concat(parts);
}
