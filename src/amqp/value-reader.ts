import { plainMapEnd } from "./plain-map-end.ts";

/**
 * A value of the AMQP type system (AMQP 1.0, part 1) as JavaScript shows it.
 *
 * long and ulong are numbers where they are safe integers, else bigints; timestamp is a Date (an invalid one outside
 * JavaScript's range); uuid is its usual text; char is a string of one character; decimal32/64/128 are their raw bytes.
 */
export type AmqpValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | Date
  | Uint8Array
  | DescribedValue
  | ReadonlyMap<AmqpValue, AmqpValue>
  | readonly AmqpValue[];

/** A value with a descriptor (AMQP 1.0, part 1.3.2). */
export class DescribedValue {
  readonly descriptor: AmqpValue;
  readonly value: AmqpValue;

  constructor(descriptor: AmqpValue, value: AmqpValue) {
    this.descriptor = descriptor;
    this.value = value;
  }
}

/** Nested lists, maps, arrays and descriptors. */
const MAX_DEPTH = 32;
/** Elements of an array whose elements take no bytes; their count costs the sender nothing. */
const MAX_EMPTY_ELEMENTS = 1_000;

/** Bytes of a text that are looked at one by one. */
const MAX_SHORT_TEXT = 64;

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/**
 * Reads AMQP values from bytes of a foreign sender. Every size and count is checked against the bytes that are there
 * before anything is allocated; rhea's own reader builds what the counts say.
 *
 * @throws RangeError or TypeError saying what is wrong and at which byte
 */
export class ValueReader {
  readonly #bytes: Buffer;
  readonly #typed: boolean;
  #at = 0;
  #end: number;
  #depth = 0;

  /**
   * @param typed true: every integer is a bigint, so that a number is a float or double; decimals, which have no counterpart, are
   *   empty lists
   */
  constructor(bytes: Uint8Array, { typed = false }: { readonly typed?: boolean } = {}) {
    this.#typed = typed;
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#end = bytes.byteLength;
  }

  get done(): boolean {
    return this.#at >= this.#end;
  }

  /** Bytes that were read. */
  get position(): number {
    return this.#at;
  }

  read(): AmqpValue {
    const code = this.#uint(1);
    if (code !== 0x00) return this.#value(code);
    return this.#nested(() => new DescribedValue(this.read(), this.read()));
  }

  /** The descriptor of the value that comes next, whose content is to be read then; undefined, and nothing is read, where it has none. */
  readDescriptor(): AmqpValue | undefined {
    if (this.done || this.#bytes[this.#at] !== 0x00) return undefined;
    this.#at++;
    return this.#nested(() => this.read());
  }

  /** Passes over a map that {@link plainMapEnd} knows. @returns whether it is one; else nothing is passed over */
  skipPlainMap(): boolean {
    const end = plainMapEnd(this.#bytes, this.#at, this.#end);
    if (end === undefined) return false;
    this.#at = end;
    return true;
  }

  #value(code: number): AmqpValue {
    switch (code) {
      case 0x40:
        return null;
      case 0x41:
        return true;
      case 0x42:
        return false;
      case 0x56:
        return this.#uint(1) !== 0;
      case 0x43: // uint0
      case 0x44: // ulong0
        return this.#integer(0);
      case 0x50: // ubyte
      case 0x52: // smalluint
      case 0x53: // smallulong
        return this.#integer(this.#uint(1));
      case 0x60: // ushort
        return this.#integer(this.#uint(2));
      case 0x70: // uint
        return this.#integer(this.#uint(4));
      case 0x80: // ulong
        return this.#long(this.#bytes.readBigUInt64BE(this.#take(8)));
      case 0x51: // byte
      case 0x54: // smallint
      case 0x55: // smalllong
        return this.#integer(this.#bytes.readInt8(this.#take(1)));
      case 0x61: // short
        return this.#integer(this.#bytes.readInt16BE(this.#take(2)));
      case 0x71: // int
        return this.#integer(this.#bytes.readInt32BE(this.#take(4)));
      case 0x81: // long
        return this.#long(this.#bytes.readBigInt64BE(this.#take(8)));
      case 0x72:
        return this.#bytes.readFloatBE(this.#take(4));
      case 0x82:
        return this.#bytes.readDoubleBE(this.#take(8));
      case 0x73: // char
        return String.fromCodePoint(this.#uint(4));
      case 0x83: // timestamp, milliseconds
        return new Date(Number(this.#bytes.readBigInt64BE(this.#take(8))));
      case 0x98:
        return uuidText(this.#slice(16));
      case 0x74: // decimal32
        return this.#decimal(4);
      case 0x84: // decimal64
        return this.#decimal(8);
      case 0x94: // decimal128
        return this.#decimal(16);
      case 0xa0: // vbin8
        return this.#slice(this.#uint(1));
      case 0xb0: // vbin32
        return this.#slice(this.#uint(4));
      case 0xa1: // str8-utf8
      case 0xa3: // sym8
        return this.#text(this.#uint(1));
      case 0xb1: // str32-utf8
      case 0xb3: // sym32
        return this.#text(this.#uint(4));
      case 0x45: // list0
        return [];
      case 0xc0: // list8
        return this.#compound(1, (count) => this.#items(count));
      case 0xd0: // list32
        return this.#compound(4, (count) => this.#items(count));
      case 0xc1: // map8
        return this.#compound(1, (count) => mapOf(this.#items(count)));
      case 0xd1: // map32
        return this.#compound(4, (count) => mapOf(this.#items(count)));
      case 0xe0: // array8
        return this.#compound(1, (count) => this.#array(count));
      case 0xf0: // array32
        return this.#compound(4, (count) => this.#array(count));
      default:
        throw new TypeError(`unknown AMQP type 0x${code.toString(16)} at byte ${this.#at - 1}`);
    }
  }

  /** Size and count, then the content, which must fill the size exactly (AMQP 1.0, part 1.6.22 to 1.6.24). */
  #compound<T>(width: 1 | 4, readContent: (count: number) => T): T {
    const size = this.#uint(width);
    const end = this.#at + size;
    if (end > this.#end) throw new RangeError(`a size of ${size} at byte ${this.#at} reaches behind the end`);
    return this.#nested(() => {
      const outer = this.#end;
      this.#end = end;
      const content = readContent(this.#uint(width));
      if (this.#at !== end) throw new RangeError(`${end - this.#at} bytes too many before byte ${end}`);
      this.#end = outer;
      return content;
    });
  }

  #items(count: number): AmqpValue[] {
    this.#assertCount(count, this.#end - this.#at);
    const items: AmqpValue[] = [];
    for (let i = 0; i < count; i++) items.push(this.read());
    return items;
  }

  #array(count: number): AmqpValue[] {
    const described = this.#uint(1) === 0x00;
    const descriptor = described ? this.read() : null;
    if (!described) this.#at--;
    const code = this.#uint(1);
    // Type codes 0x4_ have no data.
    this.#assertCount(count, code >> 4 === 0x4 ? MAX_EMPTY_ELEMENTS : this.#end - this.#at);
    const values: AmqpValue[] = [];
    for (let i = 0; i < count; i++) {
      const value = this.#value(code);
      values.push(described ? new DescribedValue(descriptor, value) : value);
    }
    return values;
  }

  #assertCount(count: number, most: number): void {
    if (count > most)
      throw new RangeError(`a count of ${count} before byte ${this.#at} is impossible in ${most} bytes`);
  }

  #nested<T>(read: () => T): T {
    if (++this.#depth > MAX_DEPTH) throw new RangeError(`more than ${MAX_DEPTH} nested values at byte ${this.#at}`);
    const value = read();
    this.#depth--;
    return value;
  }

  #integer(value: number): number | bigint {
    return this.#typed ? BigInt(value) : value;
  }

  #long(value: bigint): number | bigint {
    const number = Number(value);
    return Number.isSafeInteger(number) && !this.#typed ? number : value;
  }

  #decimal(width: number): AmqpValue {
    const bytes = this.#slice(width);
    return this.#typed ? [] : bytes;
  }

  #uint(width: 1 | 2 | 4): number {
    const at = this.#take(width);
    return width === 1 ? (this.#bytes[at] ?? 0) : this.#bytes.readUIntBE(at, width);
  }

  /** Most texts are short and ASCII, for which the decoder is a long way. */
  #text(length: number): string {
    const start = this.#take(length);
    const end = start + length;
    let at = start;
    if (length <= MAX_SHORT_TEXT) while (at < end && (this.#bytes[at] ?? 0) < 0x80) at++;
    return at === end ? this.#bytes.toString("latin1", start, end) : utf8.decode(this.#bytes.subarray(start, end));
  }

  #slice(length: number): Buffer {
    const start = this.#take(length);
    return this.#bytes.subarray(start, start + length);
  }

  #take(length: number): number {
    const start = this.#at;
    if (start + length > this.#end) throw new RangeError(`${length} bytes are missing at byte ${start}`);
    this.#at = start + length;
    return start;
  }
}

function uuidText(bytes: Buffer): string {
  return bytes.toString("hex").replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/u, "$1-$2-$3-$4-$5");
}

function mapOf(items: readonly AmqpValue[]): ReadonlyMap<AmqpValue, AmqpValue> {
  if (items.length % 2 !== 0) throw new RangeError(`a map with the odd count ${items.length}`);
  const map = new Map<AmqpValue, AmqpValue>();
  for (let i = 0; i < items.length; i += 2) map.set(items[i] ?? null, items[i + 1] ?? null);
  return map;
}
