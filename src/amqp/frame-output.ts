import type { Duplex } from "node:stream";

/** Memory that frames are put together in; a larger frame gets its own. */
const SLAB_BYTES = 65_536;
/** Bytes of a transfer frame before its payload, all numbers at their full width. */
const TRANSFER_HEAD_BYTES = 33;
const DISPOSITION_BYTES = 30;
/** Descriptors of the performatives (AMQP 1.0, parts 2.7.5 and 2.7.6). */
const TRANSFER = 0x14;
const DISPOSITION = 0x15;

/** Writes the frames of a sender byte by byte, and those of one turn of the event loop to the socket with one call. */
export class FrameOutput {
  readonly #socket: Duplex;
  readonly #channel: number;
  #slab: Buffer = Buffer.allocUnsafeSlow(SLAB_BYTES);
  /** What is behind it and before `#at` is not written to the socket yet. */
  #start = 0;
  #at = 0;
  /** Where the size of the performative's fields stands. */
  #listSizeAt = 0;

  /** @param channel of the session */
  constructor(socket: Duplex, channel: number) {
    this.#socket = socket;
    this.#channel = channel;
  }

  /** Transfers an unsettled message of format 0, or a part of it; its tag is its delivery id. */
  transfer(handle: number, deliveryId: number, message: Uint8Array, start: number, end: number): void {
    const slab = this.#frame(TRANSFER_HEAD_BYTES + end - start, TRANSFER, 6);
    this.#uint(handle);
    this.#uint(deliveryId);
    slab[this.#at++] = 0xa0;
    slab[this.#at++] = 4;
    this.#at = slab.writeUInt32BE(deliveryId, this.#at);
    slab[this.#at++] = 0x43; // message-format 0
    slab[this.#at++] = 0x42; // settled: false
    slab[this.#at++] = end < message.length ? 0x41 : 0x42; // more
    slab[this.#listSizeAt] = this.#at - this.#listSizeAt - 1;
    slab.set(start === 0 && end === message.length ? message : message.subarray(start, end), this.#at);
    this.#at += end - start;
  }

  /** Settles our deliveries `first` to `last` with the outcome of this descriptor. */
  settle(first: number, last: number, outcome: number): void {
    const slab = this.#frame(DISPOSITION_BYTES, DISPOSITION, 5);
    slab[this.#at++] = 0x42; // role: sender
    this.#uint(first);
    this.#uint(last);
    slab[this.#at++] = 0x41; // settled: true
    slab.set([0x00, 0x53, outcome, 0x45], this.#at); // a list without fields
    this.#at += 4;
    slab[this.#listSizeAt] = this.#at - this.#listSizeAt - 1;
  }

  /** The beginning of a frame of so many bytes, up to the first of its fields. */
  #frame(bytes: number, performative: number, fields: number): Buffer {
    if (this.#at + bytes > this.#slab.length) this.#newSlab(bytes);
    if (this.#start === this.#at) process.nextTick(this.#flush);
    const slab = this.#slab;
    this.#at = slab.writeUInt32BE(bytes, this.#at);
    slab[this.#at++] = 2; // data offset, in words
    slab[this.#at++] = 0; // AMQP
    this.#at = slab.writeUInt16BE(this.#channel, this.#at);
    slab[this.#at++] = 0x00;
    slab[this.#at++] = 0x53;
    slab[this.#at++] = performative;
    slab[this.#at++] = 0xc0;
    this.#listSizeAt = this.#at++;
    slab[this.#at++] = fields;
    return slab;
  }

  #uint(value: number): void {
    this.#slab[this.#at++] = 0x70;
    this.#at = this.#slab.writeUInt32BE(value, this.#at);
  }

  #newSlab(bytes: number): void {
    this.#flush();
    this.#slab = Buffer.allocUnsafeSlow(Math.max(SLAB_BYTES, bytes));
    this.#start = this.#at = 0;
  }

  /** What was written is the socket's now, and never changed again. */
  readonly #flush = (): void => {
    const bytes = this.#slab.subarray(this.#start, this.#at);
    this.#start = this.#at;
    if (bytes.length > 0 && this.#socket.writable) this.#socket.write(bytes);
  };
}
