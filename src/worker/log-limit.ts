import type { LogLine } from "./messages.ts";

/** Characters of a line; the rest of a longer one is left out. */
export const MAX_LINE: number = 8192;

/** Lets lines pass until they have so many bytes together, then one that says so, then none. */
export class LogLimit {
  readonly #most: number;
  #left: number;

  constructor(maxBytes: number) {
    this.#most = maxBytes;
    this.#left = maxBytes;
  }

  /** The line, or what stands for it. */
  pass(line: LogLine): LogLine | undefined {
    if (this.#left < 0) return undefined;
    this.#left -= Buffer.byteLength(line.text) + 1;
    if (this.#left >= 0) return line;
    this.#left = -1;
    return { ...line, level: "warn", text: `the log has more than ${this.#most} bytes; the rest is left out` };
  }
}
