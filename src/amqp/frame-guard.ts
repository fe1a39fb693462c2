/** "AMQP", the first four bytes of a protocol header (AMQP 1.0, part 2.2). */
const AMQP = 0x41_4d_51_50;
/** Content type bytes of a TLS record: alert and handshake (RFC 8446, section 5.1). */
const TLS_RECORDS: readonly number[] = [0x15, 0x16];
/** A frame is at least its header (AMQP 1.0, part 2.3.1). */
const MIN_FRAME_SIZE = 8;

/**
 * Watches the sizes in what the broker sends, because rhea collects a frame of any size before it looks at it, and says
 * "invalid protocol header" to everything that is not AMQP 1.0.
 *
 * The stream is protocol headers of 8 bytes (one for SASL, one for AMQP) and frames that start with their size.
 */
export class FrameGuard {
  readonly #maxFrameSize: number;
  readonly #start: Buffer = Buffer.alloc(8);
  #started = 0;
  /** Bytes left of the frame that is being received. */
  #rest = 0;
  #first = true;

  constructor(maxFrameSize: number) {
    this.#maxFrameSize = maxFrameSize;
  }

  /** Reads the next bytes; returns what is wrong with them, the end of a sentence that starts with host and port. */
  check(bytes: Uint8Array): string | undefined {
    let at = 0;
    while (at < bytes.length) {
      if (this.#rest > 0) {
        const skipped = Math.min(this.#rest, bytes.length - at);
        this.#rest -= skipped;
        at += skipped;
        continue;
      }
      this.#start[this.#started++] = bytes[at++] ?? 0;
      const problem = this.#readStart();
      if (problem !== undefined) return problem;
    }
    return undefined;
  }

  #readStart(): string | undefined {
    if (this.#first && this.#started === 1 && TLS_RECORDS.includes(this.#start[0] ?? 0)) {
      return "speaks TLS; the URL must start with amqps://";
    }
    if (this.#started < 4) return undefined;
    const size = this.#start.readUInt32BE(0);
    if (size === AMQP) return this.#started === 8 ? this.#readHeader() : undefined;
    if (this.#first) return `does not speak AMQP (it answered ${JSON.stringify(this.#start.toString("latin1", 0, 4))})`;
    if (size < MIN_FRAME_SIZE) return `sent a frame with the impossible size ${size}`;
    if (size > this.#maxFrameSize) return `sent a frame of ${size} bytes; ${this.#maxFrameSize} was agreed on`;
    this.#rest = size - 4;
    this.#started = 0;
    return undefined;
  }

  #readHeader(): string | undefined {
    const [protocol = 0, major = 0, minor = 0, revision = 0] = this.#start.subarray(4);
    this.#first = false;
    this.#started = 0;
    if (major === 1 && minor === 0 && revision === 0) return undefined;
    // AMQP 0-9-1 answers with "AMQP" 0 0 9 1, AMQP 0-10 with "AMQP" 1 1 0 10.
    return `speaks another version of AMQP (${protocol} ${major} ${minor} ${revision}), not 1.0`;
  }
}
