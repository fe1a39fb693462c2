import { isUtf8 } from "node:buffer";
import { ProtocolFault } from "../protocol-fault.ts";
import type { AmqpType, AmqpValue } from "./amqp-value.ts";
import { FIXED_ENCODINGS } from "./fixed-types.ts";
import { Scanner } from "./scanner.ts";

const DESCRIBED = 0x00;
const EMPTY_LIST = 0x45;

/** The types of variable size by the low half of their type codes: the high half tells how wide the size is. */
const BYTES_TYPES: Readonly<Record<number, "binary" | "string" | "symbol">> = { 0: "binary", 1: "string", 3: "symbol" };

/**
 * Builds the value that the bytes hold, no more and no less. Binary values are views into the bytes.
 *
 * @param maxValues how many values it may hold, those inside of others included
 * @throws ProtocolFault `amqp:decode-error`: it is scanned before anything is built
 */
export function decodeValue(bytes: Buffer, maxValues?: number): AmqpValue {
  const scanner = new Scanner(bytes, 0, maxValues);
  scanner.skip();
  if (!scanner.done) {
    throw new ProtocolFault("amqp:decode-error", `a value is followed by ${bytes.length - scanner.position} bytes`);
  }
  return new ValueBuilder(bytes).value();
}

/** The text of a string. @throws ProtocolFault `amqp:decode-error` when it is not UTF-8 */
export function textOf(bytes: Buffer): string {
  if (!isUtf8(bytes)) throw new ProtocolFault("amqp:decode-error", "a string is not well-formed UTF-8");
  return bytes.toString("utf8");
}

/** Builds values from bytes that a scanner has passed. */
class ValueBuilder {
  readonly #bytes: Buffer;
  #position = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  value(): AmqpValue {
    const code = this.#uint8();
    if (code !== DESCRIBED) return this.#valueOf(code);
    const descriptor = this.value();
    return { type: "described", descriptor, value: this.value() };
  }

  #valueOf(code: number): AmqpValue {
    const encoding = FIXED_ENCODINGS.get(code);
    if (encoding !== undefined) {
      const value = encoding.read(this.#bytes, this.#position);
      this.#position += encoding.width;
      return value;
    }
    if (code === EMPTY_LIST) return { type: "list", value: [] };
    const wide = (code & 0x10) !== 0;
    if (code < 0xc0) return this.#sized(BYTES_TYPES[code & 0xf] ?? "binary", this.#uint(wide));
    this.#uint(wide);
    const count = this.#uint(wide);
    if (code >= 0xe0) return this.#array(count);
    return (code & 0xf) === 0 ? { type: "list", value: this.#values(count) } : this.#map(count);
  }

  #sized(type: "binary" | "string" | "symbol", size: number): AmqpValue {
    const bytes = this.#bytes.subarray(this.#position, this.#position + size);
    this.#position += size;
    if (type === "binary") return { type, value: bytes };
    return { type, value: type === "symbol" ? bytes.toString("latin1") : textOf(bytes) };
  }

  #map(count: number): AmqpValue {
    const pairs: [AmqpValue, AmqpValue][] = [];
    for (let i = 0; i < count; i += 2) pairs.push([this.value(), this.value()]);
    return { type: "map", value: pairs };
  }

  #array(count: number): AmqpValue {
    let code = this.#uint8();
    let descriptor: AmqpValue | undefined;
    if (code === DESCRIBED) {
      descriptor = this.value();
      code = this.#uint8();
    }
    const value = Array.from({ length: count }, () => this.#valueOf(code));
    return { type: "array", of: typeOf(code), ...(descriptor === undefined ? {} : { descriptor }), value };
  }

  #values(count: number): AmqpValue[] {
    return Array.from({ length: count }, () => this.value());
  }

  #uint(wide: boolean): number {
    return wide
      ? this.#uint8() * 0x100_0000 + (this.#uint8() << 16) + (this.#uint8() << 8) + this.#uint8()
      : this.#uint8();
  }

  #uint8(): number {
    return this.#bytes[this.#position++] ?? 0;
  }
}

function typeOf(code: number): AmqpType {
  const encoding = FIXED_ENCODINGS.get(code);
  if (encoding !== undefined) return encoding.read(Buffer.alloc(encoding.width), 0).type as AmqpType;
  if (code === EMPTY_LIST) return "list";
  if (code >= 0xe0) return "array";
  if (code >= 0xc0) return (code & 0xf) === 0 ? "list" : "map";
  return BYTES_TYPES[code & 0xf] ?? "binary";
}
