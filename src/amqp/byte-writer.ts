/** Room that the writer begins with; most messages need no more. */
const FIRST_CAPACITY = 4_096;

/**
 * Writes AMQP values (AMQP 1.0, part 1.6) one behind the other into memory that is used again for the next message. Integers that must
 * be compared by brokers are `long`: the selectors of Broker-J never match a `uint`.
 */
export class ByteWriter {
  #bytes: Buffer = Buffer.allocUnsafeSlow(FIRST_CAPACITY);
  #at = 0;

  get length(): number {
    return this.#at;
  }

  /** Begins a new message. */
  clear(): void {
    this.#at = 0;
  }

  /** What was written, followed by `tail`: a copy. */
  finish(tail: Uint8Array): Buffer {
    const whole = Buffer.allocUnsafe(this.#at + tail.length);
    this.#bytes.copy(whole, 0, 0, this.#at);
    whole.set(tail, this.#at);
    return whole;
  }

  raw(bytes: Uint8Array): void {
    this.#reserve(bytes.length);
    this.#bytes.set(bytes, this.#at);
    this.#at += bytes.length;
  }

  null(): void {
    this.#byte(0x40);
  }

  boolean(value: boolean): void {
    this.#byte(value ? 0x41 : 0x42);
  }

  ubyte(value: number): void {
    this.#byte(0x50);
    this.#bytes[this.#at++] = value;
  }

  uint(value: number): void {
    this.#byte(0x70);
    this.#at = this.#bytes.writeUInt32BE(value, this.#at);
  }

  /** A safe integer. */
  long(value: number): void {
    if (value >= -128 && value <= 127) {
      this.#byte(0x55);
      this.#at = this.#bytes.writeInt8(value, this.#at);
    } else {
      this.#byte(0x81);
      this.#eight(value);
    }
  }

  /** A whole number of 64 bits; one that is too large for a `long` is a `ulong`. */
  longOf(value: bigint): void {
    const isLong = BigInt.asIntN(64, value) === value;
    this.#byte(isLong ? 0x81 : 0x80);
    const bits = BigInt.asUintN(64, value);
    this.#at = this.#bytes.writeBigUInt64BE(bits, this.#at);
  }

  double(value: number): void {
    this.#byte(0x82);
    this.#at = this.#bytes.writeDoubleBE(value, this.#at);
  }

  timestamp(milliseconds: number): void {
    this.#byte(0x83);
    this.#eight(milliseconds);
  }

  string(text: string): void {
    this.#text(text, 0xa1, 0xb1);
  }

  binary(bytes: Uint8Array): void {
    this.#reserve(5 + bytes.length);
    this.#bytes[this.#at] = 0xb0;
    this.#at = this.#bytes.writeUInt32BE(bytes.length, this.#at + 1);
    this.raw(bytes);
  }

  symbol(text: string): void {
    this.#text(text, 0xa3, 0xb3);
  }

  /** A described list or map with a size of four bytes, whose items `write` writes and counts. */
  described(code: number, compound: "list" | "map", write: () => number): void {
    this.#reserve(12);
    this.#bytes[this.#at++] = 0x00;
    this.#bytes[this.#at++] = 0x53;
    this.#bytes[this.#at++] = code;
    this.#bytes[this.#at++] = compound === "list" ? 0xd0 : 0xd1;
    const start = this.#at;
    this.#at += 8;
    const count = write();
    this.#bytes.writeUInt32BE(this.#at - start - 4, start);
    this.#bytes.writeUInt32BE(count, start + 4);
  }

  /** The beginning of a described binary of so many bytes, which are to follow. */
  describedBinary(code: number, length: number): void {
    this.#reserve(8);
    this.#bytes[this.#at++] = 0x00;
    this.#bytes[this.#at++] = 0x53;
    this.#bytes[this.#at++] = code;
    if (length < 256) {
      this.#bytes[this.#at++] = 0xa0;
      this.#bytes[this.#at++] = length;
    } else {
      this.#bytes[this.#at++] = 0xb0;
      this.#at = this.#bytes.writeUInt32BE(length, this.#at);
    }
  }

  /** A safe integer in two's complement; bigints would cost more. */
  #eight(value: number): void {
    this.#at = this.#bytes.writeInt32BE(Math.floor(value / 2 ** 32), this.#at);
    this.#at = this.#bytes.writeUInt32BE(value >>> 0, this.#at);
  }

  #text(text: string, short: number, long: number): void {
    // Three bytes of UTF-8 for each unit of UTF-16 at most.
    this.#reserve(5 + 3 * text.length);
    if (text.length < 86) {
      const length = this.#bytes.write(text, this.#at + 2, "utf8");
      this.#bytes[this.#at] = short;
      this.#bytes[this.#at + 1] = length;
      this.#at += 2 + length;
    } else {
      const length = this.#bytes.write(text, this.#at + 5, "utf8");
      this.#bytes[this.#at] = long;
      this.#bytes.writeUInt32BE(length, this.#at + 1);
      this.#at += 5 + length;
    }
  }

  /** A constructor byte, with room for eight bytes of value behind it. */
  #byte(code: number): void {
    this.#reserve(9);
    this.#bytes[this.#at++] = code;
  }

  #reserve(more: number): void {
    if (this.#at + more <= this.#bytes.length) return;
    const larger = Buffer.allocUnsafeSlow(2 * (this.#at + more));
    this.#bytes.copy(larger, 0, 0, this.#at);
    this.#bytes = larger;
  }
}
