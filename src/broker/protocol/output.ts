import type { ClientSocket } from "./client-socket.ts";
import { borrowSlab, returnSlab, SLAB_BYTES } from "./slabs.ts";

/** Payloads from that size on are handed to the socket where they are; smaller ones are cheaper to copy. */
const LEAST_BYTES_BY_REFERENCE = 4096;

/**
 * Collects what a connection sends during one tick, and writes it as one piece.
 *
 * Frames are written straight into {@link bytes} at {@link position}, after {@link reserve}.
 */
export class Output {
  /** Where the next bytes go. */
  bytes: Buffer = Buffer.alloc(0);
  position = 0;
  readonly #socket: ClientSocket;
  readonly #onDirty: () => void;
  /** Start of what is in the present slab and in no piece yet. */
  #start = 0;
  #pieces: Buffer[] = [];
  #pieceBytes = 0;
  #slabs: Buffer[] = [];

  /** @param onDirty called when there is something to flush for the first time since the last flush */
  constructor(socket: ClientSocket, onDirty: () => void) {
    this.#socket = socket;
    this.#onDirty = onDirty;
  }

  /** Bytes that were written and that the operating system has not taken yet. */
  get backlog(): number {
    return this.unflushed + this.#socket.writableLength;
  }

  /** Bytes since the last flush. */
  get unflushed(): number {
    return this.#pieceBytes + this.position - this.#start;
  }

  /** Makes room for that many bytes, at most 64 KiB, in one piece. */
  reserve(size: number): void {
    if (this.#slabs.length === 0) this.#onDirty();
    if (this.position + size <= this.bytes.length) return;
    this.#cut();
    this.bytes = borrowSlab();
    this.#slabs.push(this.bytes);
    this.position = this.#start = 0;
  }

  /** Adds bytes that stay as they are until they are sent. */
  append(bytes: Buffer, start: number, end: number): void {
    const size = end - start;
    if (size >= LEAST_BYTES_BY_REFERENCE) {
      this.#cut();
      this.#pieces.push(bytes.subarray(start, end));
      this.#pieceBytes += size;
      return;
    }
    this.reserve(size);
    // A loop costs less than a call into the runtime up to here.
    if (size <= 32) for (let i = 0; i < size; i++) this.bytes[this.position + i] = bytes[start + i] ?? 0;
    else bytes.copy(this.bytes, this.position, start, end);
    this.position += size;
  }

  /** Hands everything to the socket; what it does not take at once counts as backlog. */
  flush(): void {
    if (this.unflushed === 0) return this.#release(this.#takeSlabs());
    this.#cut();
    const pieces = this.#pieces;
    const slabs = this.#takeSlabs();
    this.#pieces = [];
    this.#pieceBytes = 0;
    if (!this.#socket.writable) return;
    const last = pieces.length - 1;
    if (last > 0) this.#socket.cork();
    for (const [i, piece] of pieces.entries()) {
      if (i < last) this.#socket.write(piece);
      else this.#socket.write(piece, () => this.#release(slabs));
    }
    if (last > 0) this.#socket.uncork();
  }

  #cut(): void {
    if (this.position === this.#start) return;
    this.#pieces.push(this.bytes.subarray(this.#start, this.position));
    this.#pieceBytes += this.position - this.#start;
    this.#start = this.position;
  }

  #takeSlabs(): readonly Buffer[] {
    const slabs = this.#slabs;
    this.#slabs = [];
    this.bytes = NOTHING;
    this.position = this.#start = 0;
    return slabs;
  }

  #release(slabs: readonly Buffer[]): void {
    for (const slab of slabs) if (slab.length === SLAB_BYTES) returnSlab(slab);
  }
}

const NOTHING: Buffer = Buffer.alloc(0);
