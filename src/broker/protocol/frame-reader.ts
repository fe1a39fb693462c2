import { ProtocolFault } from "./protocol-fault.ts";

/** "AMQP", as the size of a frame would read: the stream has a protocol header of 8 bytes there (AMQP 1.0, part 2.2). */
const AMQP = 0x41_4d_51_50;
/** Protocol headers and the headers of frames are that long. */
const HEADER_BYTES = 8;

/**
 * Cuts a stream of bytes into protocol headers and frames. Never keeps more than one frame of the largest size, and
 * nothing at all of a frame that is larger.
 */
export class FrameReader {
  /** Bytes of a frame at most; may change between two frames. */
  maxFrameBytes: number;
  /** Collects a unit that came in more than one piece; first its header, then all of it. */
  #unit: Buffer = Buffer.alloc(HEADER_BYTES);
  #filled = 0;

  constructor(maxFrameBytes: number) {
    this.maxFrameBytes = maxFrameBytes;
  }

  /**
   * The units that are complete with these bytes, each a buffer of its exact size. A caller that stops early must not
   * come back.
   *
   * @throws ProtocolFault `amqp:connection:framing-error` for a size that cannot be, before anything is kept for it
   */
  *read(bytes: Buffer): Generator<Buffer, void, undefined> {
    let at = 0;
    while (at < bytes.length) {
      if (this.#filled === 0 && bytes.length - at >= HEADER_BYTES) {
        const size = this.#unitSize(bytes, at);
        if (bytes.length - at >= size) {
          yield bytes.subarray(at, at + size);
          at += size;
          continue;
        }
      }
      const copied = bytes.copy(this.#unit, this.#filled, at);
      at += copied;
      this.#filled += copied;
      if (this.#filled === this.#unit.length) yield* this.#completeUnit();
    }
  }

  *#completeUnit(): Generator<Buffer, void, undefined> {
    const unit = this.#unit;
    if (unit.length === HEADER_BYTES) {
      const size = this.#unitSize(unit, 0);
      if (size > HEADER_BYTES) {
        this.#unit = Buffer.allocUnsafeSlow(size);
        unit.copy(this.#unit);
        return;
      }
    }
    this.#unit = Buffer.alloc(HEADER_BYTES);
    this.#filled = 0;
    yield unit;
  }

  #unitSize(bytes: Buffer, at: number): number {
    const size = bytes.readUInt32BE(at);
    if (size === AMQP) return HEADER_BYTES;
    if (size < HEADER_BYTES || size > this.maxFrameBytes) {
      throw new ProtocolFault(
        "amqp:connection:framing-error",
        `a frame has the size ${size}; expected ${HEADER_BYTES} to ${this.maxFrameBytes} bytes`,
      );
    }
    return size;
  }
}
