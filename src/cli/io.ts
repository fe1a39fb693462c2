import type { Readable } from "node:stream";
import { styleText } from "node:util";

/** The process as the commands see it: tests and `main.ts` hand it in, no command reaches for `process` itself. */
export interface Io {
  readonly stdin: Readable;
  readonly stdout: NodeJS.WritableStream & { readonly isTTY?: boolean };
  readonly stderr: NodeJS.WritableStream & { readonly isTTY?: boolean };
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Aborted by Ctrl-C and SIGTERM: whatever a command waits for ends. */
  readonly signal: AbortSignal;
  /**
   * Aborted by Ctrl-C and SIGTERM, and when nobody reads standard output any more (`xqbus listen | head -1`): a command
   * without an end of its own ends in order and reports what it did.
   */
  readonly end: AbortSignal;
  /** Says how many ms the command may take to end in order, where that is more than usual. */
  readonly endsWithin?: (ms: number) => void;
  /** Calls back at each SIGHUP, which ends the process otherwise. */
  readonly onHangup?: (listener: () => void) => void;
}

export type Style = "bold" | "dim" | "red" | "green" | "yellow" | "cyan";

/**
 * Writes results to standard output and everything else to standard error.
 * Colours go only to a terminal, and only without NO_COLOR.
 */
export class Output {
  readonly json: boolean;
  readonly #io: Io;
  #isLiveShown = false;

  constructor(io: Io, json: boolean) {
    this.#io = io;
    this.json = json;
  }

  /** A line of the result. */
  line(text = ""): void {
    // On one terminal the result would stand behind what moves.
    if (this.#isLiveShown && this.#io.stdout.isTTY === true) this.live("");
    this.#io.stdout.write(`${text}\n`);
  }

  /** One JSON value on one line of the result. */
  value(value: unknown): void {
    this.line(JSON.stringify(value));
  }

  /** A line for the person at the terminal: progress, counts, hints. Silent with `--json`. */
  note(text: string): void {
    if (!this.json) this.#io.stderr.write(`${this.#styled(this.#io.stderr, "dim", text)}\n`);
  }

  /** Whether somebody looks at standard error who can be shown what moves. */
  get isLive(): boolean {
    return !this.json && this.#io.stderr.isTTY === true && this.#io.env["TERM"] !== "dumb";
  }

  /** Writes over the last line of the terminal; only where {@link Output.isLive}. */
  live(text: string): void {
    this.#isLiveShown = text !== "";
    this.#io.stderr.write(`\r\u001b[K${text}`);
  }

  /** Something that did not go well and does not end the command; with `--json` `{"warning":{…}}` on standard error. */
  warning(text: string, details: Readonly<Record<string, unknown>>): void {
    const line = this.json
      ? JSON.stringify({ warning: details })
      : this.#styled(this.#io.stderr, "yellow", `xqbus: ${text}`);
    this.#io.stderr.write(`${line}\n`);
  }

  /** The text in a style, for a line of the result. */
  style(style: Style, text: string): string {
    return this.#styled(this.#io.stdout, style, text);
  }

  #styled(stream: Io["stdout"], style: Style, text: string): string {
    const { env } = this.#io;
    const coloured = stream.isTTY === true && (env["NO_COLOR"] ?? "") === "" && env["TERM"] !== "dumb";
    return coloured ? styleText(style, text, { validateStream: false }) : text;
  }
}
