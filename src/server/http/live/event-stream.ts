import type { ServerResponse } from "node:http";

/** How a live tail is written. */
export interface EventStreamOptions {
  /** Bytes that wait for a reader that is slow; then events are dropped and counted. */
  readonly maxBytes: number;
  readonly heartbeatMs: number;
  /** Called at each heartbeat; what it answers ends the stream with this reason. */
  readonly endReason: () => string | undefined;
  /** Called once, when the reader has gone or the stream was ended. */
  readonly onEnd: () => void;
}

/** An answer of server-sent events (HTML, section 9.2): never makes the sender wait, and tells what a slow reader has missed. */
export class EventStream {
  readonly #response: ServerResponse;
  readonly #options: EventStreamOptions;
  readonly #waiting: string[] = [];
  readonly #heartbeat: NodeJS.Timeout;
  #waitingBytes = 0;
  #dropped = 0;
  #isBlocked = false;
  #isEnded = false;

  constructor(response: ServerResponse, options: EventStreamOptions) {
    this.#response = response;
    this.#options = options;
    response.on("drain", this.#drained);
    response.once("close", this.#ended);
    this.#heartbeat = setInterval(() => {
      const reason = options.endReason();
      if (reason !== undefined) return this.end(reason);
      // A reader that takes nothing gets no sign of life either.
      if (!this.#isBlocked) this.#write(": still here\n\n");
    }, options.heartbeatMs);
    this.#heartbeat.unref();
    if (response.closed) this.#ended();
    else this.#write(": live\n\n");
  }

  /** Events that were dropped and not told yet. */
  get dropped(): number {
    return this.#dropped;
  }

  /** Sends a record, or drops it; whether it was taken. @param record as {@link recordOf} makes it */
  send(record: string): boolean {
    if (this.#isEnded) return false;
    if (!this.#isBlocked) {
      this.#write(record);
      return true;
    }
    const bytes = Buffer.byteLength(record);
    // Once something is missing, what comes after it must not stand before the note.
    if (this.#dropped > 0 || this.#waitingBytes + bytes > this.#options.maxBytes) {
      this.#dropped++;
      return false;
    }
    this.#waiting.push(record);
    this.#waitingBytes += bytes;
    return true;
  }

  /** Tells why, and ends. */
  end(reason: string): void {
    if (this.#isEnded) return;
    this.#response.end(recordOf({ reason }, { event: "end" }));
    this.#ended();
  }

  #write(text: string): void {
    if (!this.#response.write(text)) this.#isBlocked = true;
  }

  readonly #drained = (): void => {
    this.#isBlocked = false;
    for (let record = this.#waiting.shift(); record !== undefined; record = this.#waiting.shift()) {
      this.#waitingBytes -= Buffer.byteLength(record);
      this.#write(record);
      if (this.#isBlocked) return;
    }
    if (this.#dropped === 0) return;
    const count = this.#dropped;
    this.#dropped = 0;
    this.#write(recordOf({ count }, { event: "dropped" }));
  };

  readonly #ended = (): void => {
    if (this.#isEnded) return;
    this.#isEnded = true;
    clearInterval(this.#heartbeat);
    this.#response.off("drain", this.#drained);
    this.#waiting.length = 0;
    this.#options.onEnd();
  };
}

/** One record: JSON has no line ends, so that it is one field. */
export function recordOf(
  data: object,
  { id, event }: { readonly id?: string | undefined; readonly event?: string },
): string {
  const lines = [`data: ${JSON.stringify(data)}`];
  // What a sender has in its message id must not become another field.
  if (id !== undefined && /^[^\r\n\0]*$/.test(id)) lines.unshift(`id: ${id}`);
  if (event !== undefined) lines.unshift(`event: ${event}`);
  return `${lines.join("\n")}\n\n`;
}
