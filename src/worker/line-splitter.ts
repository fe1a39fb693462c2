import { StringDecoder } from "node:string_decoder";
import { MAX_LINE } from "./log-limit.ts";

/** Cuts a stream of text into lines of at most 8 KiB. */
export class LineSplitter {
  readonly #decoder: StringDecoder = new StringDecoder("utf8");
  readonly #onLine: (text: string) => void;
  #rest = "";
  #isCut = false;

  constructor(onLine: (text: string) => void) {
    this.#onLine = onLine;
  }

  write(chunk: string | Uint8Array): void {
    const lines = (typeof chunk === "string" ? chunk : this.#decoder.write(chunk)).split("\n");
    const last = lines.pop() ?? "";
    for (const line of lines) {
      this.#append(line);
      this.#emit();
    }
    this.#append(last);
  }

  /** The last line has no end. */
  flush(): void {
    if (this.#rest !== "") this.#emit();
  }

  #append(text: string): void {
    if (this.#isCut) return;
    this.#rest += text;
    if (this.#rest.length <= MAX_LINE) return;
    this.#rest = `${this.#rest.slice(0, MAX_LINE)}…`;
    this.#isCut = true;
  }

  #emit(): void {
    const line = this.#rest.replace(/\r$/, "");
    this.#rest = "";
    this.#isCut = false;
    this.#onLine(line);
  }
}
