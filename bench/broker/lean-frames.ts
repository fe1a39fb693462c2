/** Frames of AMQP 1.0 written as fast as it goes, and read as far as the load client wants to know. */

/** Bytes before the performative: size, place of the performative, type, channel (part 2.3.1). */
export const HEADER_BYTES = 8;

/** A frame of channel 0. */
export function frameOf(performative: Buffer, payload: Buffer = Buffer.alloc(0)): Buffer {
  const header = Buffer.from([0, 0, 0, 0, 2, 0, 0, 0]);
  header.writeUInt32BE(HEADER_BYTES + performative.length + payload.length);
  return Buffer.concat([header, performative, payload]);
}

/** A described list (part 1.6.22). */
export function composite(code: number, fields: readonly Buffer[]): Buffer {
  const content = Buffer.concat(fields);
  if (content.length < 255) {
    return Buffer.concat([Buffer.of(0x00, 0x53, code, 0xc0, content.length + 1, fields.length), content]);
  }
  const header = Buffer.from([0x00, 0x53, code, 0xd0, 0, 0, 0, 0, 0, 0, 0, fields.length]);
  header.writeUInt32BE(content.length + 4, 4);
  return Buffer.concat([header, content]);
}

/** uint */
export function uint(value: number): Buffer {
  const bytes = Buffer.of(0x70, 0, 0, 0, 0);
  bytes.writeUInt32BE(value >>> 0, 1);
  return bytes;
}

/** string */
export function string(value: string): Buffer {
  const bytes = Buffer.from(value, "utf8");
  if (bytes.length < 256) return sized(0xa1, bytes);
  const header = Buffer.from([0xb1, 0, 0, 0, 0]);
  header.writeUInt32BE(bytes.length, 1);
  return Buffer.concat([header, bytes]);
}

/** symbol */
export function symbol(value: string): Buffer {
  return sized(0xa3, Buffer.from(value, "latin1"));
}

/** A value whose length has one byte. */
export function sized(code: number, bytes: Buffer): Buffer {
  return Buffer.concat([Buffer.of(code, bytes.length), bytes]);
}

/** Reads the fields of a performative one after the other, as far as they are numbers; any other value is skipped. */
export class FieldCursor {
  readonly #frame: Buffer;
  #at: number;
  #left: number;

  /** @param frame begins with a frame whose descriptor is a smallulong, as those of all brokers are */
  constructor(frame: Buffer) {
    const wide = frame[11] === 0xd0;
    this.#frame = frame;
    this.#at = wide ? 20 : 14;
    this.#left = frame[11] === 0x45 ? 0 : wide ? frame.readUInt32BE(16) : (frame[13] ?? 0);
  }

  /** The next field as a number; undefined for null, for any other type, and behind the last one. */
  uint(): number | undefined {
    if (this.#left-- <= 0) return undefined;
    const at = this.#at + 1;
    const code = this.#frame[this.#at] ?? 0;
    this.#at = at + this.#widthOf(code, at);
    if (code === 0x43) return 0;
    if (code === 0x52) return this.#frame[at];
    return code === 0x70 ? this.#frame.readUInt32BE(at) : undefined;
  }

  /** The next field as a described value: the code of its descriptor. Nothing can be read behind it. */
  descriptor(): number | undefined {
    return this.#left > 0 && this.#frame[this.#at] === 0 ? this.#frame[this.#at + 2] : undefined;
  }

  skip(fields: number): this {
    for (let i = 0; i < fields; i++) this.uint();
    return this;
  }

  /** Bytes of a value behind its code, which tells them by its first digit (part 1.2). */
  #widthOf(code: number, at: number): number {
    const category = code >> 4;
    if (category >= 0xa) return category % 2 === 0 ? 1 + (this.#frame[at] ?? 0) : 4 + this.#frame.readUInt32BE(at);
    return category === 4 ? 0 : 1 << (category - 5);
  }
}
