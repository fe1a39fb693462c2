import { ProtocolFault } from "../protocol-fault.ts";
import { textOf } from "./decode-value.ts";
import type { Scanner } from "./scanner.ts";

const NULL = 0x40;
const LISTS: readonly number[] = [0x45, 0xc0, 0xd0];

/** Type codes of what a field may hold (AMQP 1.0, part 1.6); `symbols` is a symbol or an array. */
const TYPE_CODES: Readonly<Record<FieldType, readonly number[]>> = {
  binary: [0xa0, 0xb0],
  boolean: [0x41, 0x42, 0x56],
  map: [0xc1, 0xd1],
  string: [0xa1, 0xb1],
  symbol: [0xa3, 0xb3],
  symbols: [0xa3, 0xb3, 0xe0, 0xf0],
  timestamp: [0x83],
  ubyte: [0x50],
  uint: [0x43, 0x52, 0x70],
  ulong: [0x44, 0x53, 0x80],
  ushort: [0x60],
};

/** What a field may hold. */
export type FieldType =
  "binary" | "boolean" | "map" | "string" | "symbol" | "symbols" | "timestamp" | "ubyte" | "uint" | "ulong" | "ushort";

/**
 * Reads the fields of a composite value in their order, straight from the bytes. Every method reads the next field, and
 * gives undefined when it is null or left out at the end.
 *
 * Every method throws a ProtocolFault `amqp:decode-error` that names the field.
 */
export class FieldReader {
  readonly scanner: Scanner;
  #type = "";
  /** Fields that are still to come. */
  #left = 0;
  #end = 0;

  constructor(scanner: Scanner) {
    this.scanner = scanner;
  }

  /** Enters the list behind a descriptor; `type` names it in faults. */
  enter(type: string, maxFields: number): void {
    const { count, end } = this.scanner.enterList();
    if (count > maxFields) throw decodeError(`${type} has ${count} fields; expected ${maxFields}`);
    this.#type = type;
    this.#left = count;
    this.#end = end;
  }

  /** Has to follow the last field. */
  leave(): void {
    while (this.#left-- > 0) this.scanner.skip();
    if (this.scanner.position !== this.#end) {
      throw decodeError(`${this.#type} has a size that its fields do not fill`);
    }
  }

  /** A field that must not be null. */
  mandatory<T>(value: T | undefined, name: string): T {
    if (value === undefined) throw decodeError(`${this.#type} has no ${name}, which is mandatory`);
    return value;
  }

  uint(name: string): number | undefined {
    const code = this.#next();
    if (code === NULL) return undefined;
    const { scanner } = this;
    const { bytes, position } = scanner;
    if (code === 0x70) {
      this.#advance(5);
      return bytes.readUInt32BE(position + 1);
    }
    if (code === 0x52) {
      this.#advance(2);
      return bytes[position + 1];
    }
    if (code !== 0x43) return this.#wrongType(name, "uint");
    this.#advance(1);
    return 0;
  }

  boolean(name: string): boolean | undefined {
    const code = this.#next();
    if (code === NULL) return undefined;
    if (code === 0x41 || code === 0x42) {
      this.#advance(1);
      return code === 0x41;
    }
    if (code !== 0x56) return this.#wrongType(name, "boolean");
    const { bytes, position } = this.scanner;
    this.#advance(2);
    return bytes[position + 1] !== 0;
  }

  ubyte(name: string): number | undefined {
    return this.encoded(name, "ubyte")?.readUInt8(1);
  }

  ushort(name: string): number | undefined {
    return this.encoded(name, "ushort")?.readUInt16BE(1);
  }

  ulong(name: string): bigint | undefined {
    const field = this.encoded(name, "ulong");
    if (field === undefined) return undefined;
    if (field.length === 1) return 0n;
    return field.length === 2 ? BigInt(field.readUInt8(1)) : field.readBigUInt64BE(1);
  }

  string(name: string): string | undefined {
    const field = this.encoded(name, "string");
    return field === undefined ? undefined : textOf(contentOf(field));
  }

  symbol(name: string): string | undefined {
    const field = this.encoded(name, "symbol");
    return field === undefined ? undefined : contentOf(field).toString("latin1");
  }

  /** A view into the frame. */
  binary(name: string): Buffer | undefined {
    const field = this.encoded(name, "binary");
    return field === undefined ? undefined : contentOf(field);
  }

  /** The encoded field, type code included, as a view into the frame. */
  encoded(name: string, type: FieldType): Buffer | undefined {
    const code = this.#next();
    if (code === NULL) return undefined;
    if (!TYPE_CODES[type].includes(code)) return this.#wrongType(name, type);
    return this.#skip();
  }

  /** Ms since 1970. */
  timestamp(name: string): number | undefined {
    const field = this.encoded(name, "timestamp");
    return field === undefined ? undefined : Number(field.readBigInt64BE(1));
  }

  /** A field of any type, type code included, as a view into the frame. */
  any(): Buffer | undefined {
    return this.#next() === NULL ? undefined : this.#skip();
  }

  /** Passes over a field of any type. */
  skip(): void {
    if (this.#next() !== NULL) this.scanner.skip();
  }

  /** Checks a field that nobody wants to know. */
  ignore(name: string, type: FieldType): void {
    const code = this.#next();
    if (code === NULL) return;
    if (!TYPE_CODES[type].includes(code)) this.#wrongType(name, type);
    this.scanner.skip();
  }

  /** The encoded field, which is a described list; `types` are the descriptors that are known here. */
  described(name: string, types: readonly number[]): Buffer | undefined {
    if (this.#next() === NULL) return undefined;
    const { scanner } = this;
    const start = scanner.position;
    const place = `${this.#type}.${name}`;
    const descriptor = scanner.descriptor();
    if (!types.includes(descriptor)) {
      const supported = types.map((code) => `0x${code.toString(16)}`).join(", ");
      throw new ProtocolFault(
        "amqp:not-implemented",
        `${place} has the descriptor 0x${descriptor.toString(16)}; supported: ${supported}`,
      );
    }
    if (!LISTS.includes(scanner.nextType())) {
      throw decodeError(`${place} has type 0x${scanner.nextType().toString(16)}; expected a list`);
    }
    scanner.position = start;
    return this.#skip();
  }

  /** The type code of the next field, which is consumed when it is null. */
  #next(): number {
    if (this.#left === 0) return NULL;
    this.#left--;
    const { scanner } = this;
    if (scanner.position >= this.#end) throw decodeError(`${this.#type} has a size that its fields do not fit into`);
    const code = scanner.nextType();
    if (code === NULL) scanner.position++;
    return code;
  }

  #advance(width: number): void {
    const { scanner } = this;
    if (scanner.position + width > this.#end) {
      throw decodeError(`${this.#type} has a size that its fields do not fit into`);
    }
    scanner.position += width;
  }

  #skip(): Buffer {
    const { scanner } = this;
    const start = scanner.position;
    scanner.skip();
    return scanner.bytes.subarray(start, scanner.position);
  }

  #wrongType(name: string, expected: FieldType): never {
    const found = `0x${this.scanner.nextType().toString(16)}`;
    throw decodeError(`${this.#type}.${name} has type ${found}; expected ${expected}`);
  }
}

/** What is behind the type code and the size of a binary, string or symbol. */
function contentOf(field: Buffer): Buffer {
  return field.subarray((field[0] ?? 0) < 0xb0 ? 2 : 5);
}

function decodeError(description: string): ProtocolFault {
  return new ProtocolFault("amqp:decode-error", description);
}
