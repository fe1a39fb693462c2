import type { LogLevel, LogLine } from "./messages.ts";
import { LineSplitter } from "./line-splitter.ts";
import { LogLimit } from "./log-limit.ts";

/** What one call writes, as lines in their order. */
export class CallOutput {
  readonly #limit: LogLimit;
  readonly #send: (line: LogLine) => void;
  readonly #splitters: Map<LogLevel, LineSplitter> = new Map();

  constructor(maxBytes: number, send: (line: LogLine) => void) {
    this.#limit = new LogLimit(maxBytes);
    this.#send = send;
  }

  write(chunk: string | Uint8Array, level: LogLevel): void {
    let splitter = this.#splitters.get(level);
    if (splitter === undefined) {
      splitter = new LineSplitter((text) => this.#line(text, level));
      this.#splitters.set(level, splitter);
    }
    splitter.write(chunk);
  }

  /** Lines without an end are lines, too. */
  flush(): void {
    for (const splitter of this.#splitters.values()) splitter.flush();
  }

  #line(text: string, level: LogLevel): void {
    const line = this.#limit.pass({ at: Date.now(), level, text });
    if (line !== undefined) this.#send(line);
  }
}

/** Methods of the console whose lines have another level than that of their stream. */
const LEVELS: readonly ("debug" | "warn")[] = ["debug", "warn"];

/**
 * Takes over what this process writes by `console` and `process.stdout`.
 *
 * @param outputOf whose it is now
 */
export function captureOutput(outputOf: () => CallOutput): void {
  let levelNow: LogLevel | undefined;
  const { console: written } = globalThis;
  for (const method of LEVELS) {
    const original = written[method].bind(written);
    written[method] = (...args: unknown[]) => {
      levelNow = method;
      try {
        original(...args);
      } finally {
        levelNow = undefined;
      }
    };
  }
  capture(process.stdout, "info");
  capture(process.stderr, "error");

  function capture(stream: NodeJS.WriteStream, level: LogLevel): void {
    type Done = (error?: Error | null) => void;
    stream.write = (chunk: string | Uint8Array, encoding?: BufferEncoding | Done, done?: Done): boolean => {
      const text = typeof chunk === "string" && typeof encoding === "string" ? Buffer.from(chunk, encoding) : chunk;
      outputOf().write(text, levelNow ?? level);
      const callback = typeof encoding === "function" ? encoding : done;
      if (callback !== undefined) process.nextTick(callback);
      return true;
    };
  }
}
