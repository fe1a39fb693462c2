import { styleText } from "node:util";

/** The process as the commands see it: tests and `main.ts` hand it in, no command reaches for `process` itself. */
export interface Io {
  readonly stdin: NodeJS.ReadableStream;
  readonly stdout: NodeJS.WritableStream & { readonly isTTY?: boolean };
  readonly stderr: NodeJS.WritableStream & { readonly isTTY?: boolean };
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Aborted by Ctrl-C and SIGTERM: a long command ends in order and reports what it did. */
  readonly signal: AbortSignal;
}

export type Style = "bold" | "dim" | "red" | "green" | "yellow" | "cyan";

/** Writes results to standard output and everything else to standard error; colours only for a terminal without NO_COLOR. */
export class Output {
  readonly json: boolean;
  readonly #io: Io;

  constructor(io: Io, json: boolean) {
    this.#io = io;
    this.json = json;
  }

  /** A line of the result. */
  line(text = ""): void {
    this.#io.stdout.write(`${text}\n`);
  }

  /** One JSON value on one line of the result. */
  value(value: unknown): void {
    this.line(JSON.stringify(value));
  }

  /** A line for the person at the terminal: progress, counts, hints. Silent with `--json`. */
  note(text: string): void {
    if (!this.json) this.#io.stderr.write(`${text}\n`);
  }

  style(style: Style, text: string): string {
    return this.#coloured ? styleText(style, text, { validateStream: false }) : text;
  }

  get #coloured(): boolean {
    const { env, stdout } = this.#io;
    return stdout.isTTY === true && (env["NO_COLOR"] ?? "") === "" && env["TERM"] !== "dumb";
  }
}
