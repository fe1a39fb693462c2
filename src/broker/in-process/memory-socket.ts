import { Duplex } from "node:stream";

/**
 * One end of a connection inside this process, with what matters of a socket: bytes arrive later than they are written and in
 * their order, what is not read holds up the writer, and either end may go at any time.
 */
export class MemorySocket extends Duplex {
  readonly #onTraffic: () => void;
  #peer: MemorySocket | undefined;
  /** Tells the peer that what it wrote was read. */
  #taken: (() => void) | undefined;
  #hasEnd = false;

  private constructor(onTraffic: () => void) {
    super({ allowHalfOpen: false });
    this.#onTraffic = onTraffic;
  }

  /**
   * The two ends of one connection.
   *
   * @param onTraffic called whenever something is written or an end closes
   */
  static pair(onTraffic: () => void): readonly [MemorySocket, MemorySocket] {
    const [one, other] = [new MemorySocket(onTraffic), new MemorySocket(onTraffic)];
    one.#peer = other;
    other.#peer = one;
    return [one, other];
  }

  /** As of a socket: everything that was written leaves first. */
  destroySoon(): void {
    if (this.writable) this.end();
    if (this.writableFinished) this.destroy();
    else this.once("finish", () => this.destroy());
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.#send(Buffer.from(chunk), done);
  }

  override _writev(chunks: readonly { readonly chunk: Buffer }[], done: () => void): void {
    this.#send(Buffer.concat(chunks.map(({ chunk }) => chunk)), done);
  }

  override _read(): void {
    const taken = this.#taken;
    this.#taken = undefined;
    taken?.();
  }

  override _final(done: () => void): void {
    this.#later(() => {
      this.#endPeer();
      done();
    });
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this._read();
    this.#later(() => this.#endPeer());
    done(error);
  }

  /** @param bytes a copy: the writer uses its memory again when it hears that it was taken */
  #send(bytes: Buffer, done: () => void): void {
    this.#later(() => {
      const peer = this.#peer;
      if (peer === undefined || peer.destroyed || peer.#hasEnd || peer.push(bytes)) done();
      else peer.#taken = done;
    });
  }

  #endPeer(): void {
    const peer = this.#peer;
    if (peer === undefined || peer.#hasEnd || peer.destroyed) return;
    peer.#hasEnd = true;
    peer.push(null);
  }

  /** Nobody hears of a write before the code that wrote has returned. */
  #later(action: () => void): void {
    this.#onTraffic();
    setImmediate(() => {
      this.#onTraffic();
      action();
    });
  }
}
