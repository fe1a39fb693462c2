import { ProtocolFault } from "../protocol-fault.ts";
import { descriptorCode } from "./descriptor-names.ts";

/** Values inside values: described, in a list, map or array. */
const MAX_DEPTH = 32;
/** Values that one scanner passes over, unless it is told otherwise; a decoder spends some 50 bytes on each. */
const MAX_VALUES = 1024;

/** Type codes of AMQP 1.0 (part 1.6) that have data; the high half tells how much of it. */
const KNOWN_TYPES: ReadonlySet<number> = new Set([
  ...[0x40, 0x41, 0x42, 0x43, 0x44, 0x45],
  ...[0x50, 0x51, 0x52, 0x53, 0x54, 0x55, 0x56],
  ...[0x60, 0x61],
  ...[0x70, 0x71, 0x72, 0x73, 0x74],
  ...[0x80, 0x81, 0x82, 0x83, 0x84],
  ...[0x94, 0x98],
  ...[0xa0, 0xa1, 0xa3, 0xb0, 0xb1, 0xb3],
  ...[0xc0, 0xc1, 0xd0, 0xd1],
  ...[0xe0, 0xf0],
]);
/** Bytes of a value by the high half of its type code, for the types of fixed width. */
const FIXED_WIDTHS: Readonly<Record<number, number>> = { 4: 0, 5: 1, 6: 2, 7: 4, 8: 8, 9: 16 };
const DESCRIBED = 0x00;
const SYM8 = 0xa3;
const SYM32 = 0xb3;
const MAP8 = 0xc1;
const MAP32 = 0xd1;

/**
 * Walks over encoded AMQP values of a foreign sender without building them. What it has passed over is safe to decode:
 * the sizes fit, the counts are true, and depth and number of values are bounded.
 *
 * Every method throws a ProtocolFault `amqp:decode-error` that says what is wrong at which byte.
 */
export class Scanner {
  bytes: Buffer;
  /** Of the next byte. */
  position: number;
  readonly #maxValues: number;
  #values = 0;

  constructor(bytes: Buffer, position = 0, maxValues: number = MAX_VALUES) {
    this.bytes = bytes;
    this.position = position;
    this.#maxValues = maxValues;
  }

  /** Starts anew, with other bytes. */
  reset(bytes: Buffer, position: number): void {
    this.bytes = bytes;
    this.position = position;
    this.#values = 0;
  }

  get done(): boolean {
    return this.position >= this.bytes.length;
  }

  /** The type code of the next value, which stays next. */
  nextType(): number {
    return this.bytes[this.position] ?? this.#fail("a value is missing");
  }

  /** Passes over one value of any type. */
  skip(): void {
    this.#skip(this.bytes.length, 0);
  }

  /** Passes over the descriptor of a described value; its value is next. A symbol counts as the number that it stands for. */
  descriptor(): number {
    const constructor = this.nextType();
    if (constructor !== DESCRIBED) this.#fail(`type 0x${constructor.toString(16)}; expected a described value`);
    this.position++;
    const code = this.nextType();
    if (code === SYM8 || code === SYM32) return this.#symbolicDescriptor(code);
    if (code !== 0x53 && code !== 0x80) {
      this.#fail(`a descriptor of type 0x${code.toString(16)}; expected a number (ulong) or a symbol`);
    }
    const start = this.position + 1;
    this.skip();
    return code === 0x53 ? this.bytes.readUInt8(start) : Number(this.bytes.readBigUInt64BE(start));
  }

  /** Passes over the constructor of a list; its items are next. */
  enterList(): { readonly count: number; readonly end: number } {
    const code = this.nextType();
    this.position++;
    if (code === 0x45) return { count: 0, end: this.position };
    if (code !== 0xc0 && code !== 0xd0) this.#fail(`type 0x${code.toString(16)}; expected a list`);
    return this.#enter(code, this.bytes.length);
  }

  #symbolicDescriptor(type: number): number {
    const start = this.position + (type === SYM8 ? 2 : 5);
    this.skip();
    const code = descriptorCode(this.bytes.subarray(start, this.position));
    return code ?? this.#fail("a descriptor that is a symbol and none of AMQP 1.0");
  }

  #skip(end: number, depth: number): void {
    const code = this.#uint(1, end);
    if (code !== DESCRIBED) return this.#skipValue(code, end, depth);
    this.#assertDepth(depth);
    this.#skip(end, depth + 1);
    this.#skip(end, depth + 1);
  }

  #skipValue(code: number, end: number, depth: number): void {
    if (!KNOWN_TYPES.has(code)) this.#fail(`the unknown type 0x${code.toString(16)}`);
    this.#countValues(1);
    const category = code >> 4;
    const width = FIXED_WIDTHS[category];
    if (width !== undefined) this.#advance(width, end);
    else if (category === 0xa) this.#advance(this.#uint(1, end), end);
    else if (category === 0xb) this.#advance(this.#uint(4, end), end);
    else if (category === 0xe || category === 0xf) this.#skipArray(code, end, depth);
    else this.#skipCompound(code, end, depth);
  }

  #skipCompound(code: number, end: number, depth: number): void {
    this.#assertDepth(depth);
    const inner = this.#enter(code, end);
    if ((code === MAP8 || code === MAP32) && inner.count % 2 !== 0) this.#fail("a map with an odd count");
    for (let i = 0; i < inner.count; i++) this.#skip(inner.end, depth + 1);
    if (this.position !== inner.end) this.#fail("a size that its content does not fill");
  }

  /** The constructor stands once, before the elements (AMQP 1.0, part 1.6.24). */
  #skipArray(code: number, end: number, depth: number): void {
    this.#assertDepth(depth);
    const inner = this.#enter(code, end);
    let element = this.#uint(1, inner.end);
    if (element === DESCRIBED) {
      this.#skip(inner.end, depth + 1);
      element = this.#uint(1, inner.end);
    }
    // Elements without data cost their sender nothing, so the count alone must be bounded.
    if (FIXED_WIDTHS[element >> 4] === 0) this.#countValues(inner.count);
    else for (let i = 0; i < inner.count; i++) this.#skipValue(element, inner.end, depth + 1);
    if (this.position !== inner.end) this.#fail("a size that its content does not fill");
  }

  /** Size and count of a list, map or array. */
  #enter(code: number, end: number): { readonly count: number; readonly end: number } {
    const width = (code >> 4) % 2 === 0 ? 1 : 4;
    const size = this.#uint(width, end);
    const innerEnd = this.position + size;
    if (innerEnd > end) this.#fail(`a size of ${size} that reaches behind the end`);
    return { count: this.#uint(width, innerEnd), end: innerEnd };
  }

  #uint(width: 1 | 4, end: number): number {
    const start = this.position;
    this.#advance(width, end);
    return width === 1 ? this.bytes.readUInt8(start) : this.bytes.readUInt32BE(start);
  }

  #advance(width: number, end: number): void {
    if (this.position + width > end) this.#fail(`${width} bytes wanted where ${end - this.position} are left`);
    this.position += width;
  }

  #countValues(values: number): void {
    this.#values += values;
    if (this.#values > this.#maxValues) this.#fail(`more than ${this.#maxValues} values`);
  }

  #assertDepth(depth: number): void {
    if (depth >= MAX_DEPTH) this.#fail(`more than ${MAX_DEPTH} values inside each other`);
  }

  #fail(what: string): never {
    throw new ProtocolFault("amqp:decode-error", `${what}, at byte ${this.position}`);
  }
}
