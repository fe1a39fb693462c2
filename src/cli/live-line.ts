import type { Output } from "./io.ts";

const INTERVAL_MS = 200;

/** A line at the terminal that is written again and again while something goes on; without a terminal nothing is written. */
export class LiveLine {
  readonly #output: Output;
  readonly #timer: NodeJS.Timeout | undefined;

  /** @param text what there is to say now */
  constructor(output: Output, text: () => string) {
    this.#output = output;
    if (output.isLive) this.#timer = setInterval(() => output.live(text()), INTERVAL_MS).unref();
  }

  /** Takes the line away. */
  end(): void {
    if (this.#timer === undefined) return;
    clearInterval(this.#timer);
    this.#output.live("");
  }

  [Symbol.dispose](): void {
    this.end();
  }
}
