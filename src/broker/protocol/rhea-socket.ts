import { EventEmitter } from "node:events";
import type { Socket } from "node:net";

/** Bytes that may wait for a client to read; beyond it nothing more is read from that client, nor sent to it. */
export const MAX_BACKLOG_BYTES: number = 1024 * 1024;

/**
 * What rhea takes for its socket. It gets the bytes that others have checked, as `data`, and the end of the connection, as
 * `end`. What it writes during a tick leaves as one piece.
 *
 * Emits `drain` when a client that had read too slowly has caught up.
 */
export class RheaSocket extends EventEmitter {
  readonly #socket: Socket;
  readonly #closeTimeoutMs: number;
  #waiting: Buffer[] = [];
  #waitingBytes = 0;
  #ending = false;
  #killTimer: NodeJS.Timeout | undefined;

  /** @param closeTimeoutMs how long the client may take to read the rest and close its side */
  constructor(socket: Socket, closeTimeoutMs: number) {
    super();
    this.#socket = socket;
    this.#closeTimeoutMs = closeTimeoutMs;
    socket.on("drain", () => {
      socket.resume();
      this.emit("drain");
    });
    socket.once("close", () => {
      clearTimeout(this.#killTimer);
      this.emit("end");
    });
  }

  /** Bytes that were written and that the operating system has not taken yet. */
  get backlog(): number {
    return this.#waitingBytes + this.#socket.writableLength;
  }

  /** Whether a `drain` will come. */
  get willDrain(): boolean {
    return this.#socket.writableNeedDrain;
  }

  write(bytes: Buffer): void {
    // rhea's buffers are up to 128 times as large as the frame in them; joined at the end of the tick they are not.
    if (this.#waiting.push(bytes) === 1) process.nextTick(() => this.#flush());
    this.#waitingBytes += bytes.length;
  }

  /** Ends the connection after everything that this tick still writes. */
  end(): void {
    if (this.#ending) return;
    this.#ending = true;
    setImmediate(() => {
      this.#flush();
      this.#socket.end();
      if (!this.#socket.closed) this.#killTimer = setTimeout(() => this.#socket.destroy(), this.#closeTimeoutMs);
    });
  }

  destroy(): void {
    this.#socket.destroy();
  }

  /** rhea's name for the connection in its debug log; it would ask the socket for addresses otherwise. */
  get_id_string(): string {
    return "broker";
  }

  #flush(): void {
    if (this.#waitingBytes === 0) return;
    const joined = Buffer.concat(this.#waiting, this.#waitingBytes);
    this.#waiting = [];
    this.#waitingBytes = 0;
    if (!this.#socket.writable) return;
    this.#socket.write(joined);
    if (this.backlog > MAX_BACKLOG_BYTES) this.#socket.pause();
  }
}
