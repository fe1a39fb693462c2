import { PassThrough, Readable } from "node:stream";
import { runCli } from "../../src/cli/run-cli.ts";

/** What a command line is run with besides its arguments. */
export interface Surroundings {
  readonly stdin?: string | Uint8Array | Readable;
  readonly env?: Readonly<Record<string, string>>;
  /** Standard output and standard error say that they are a terminal. */
  readonly terminal?: boolean;
}

/** What a person or a shell sees of a command that has ended. */
export interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A command line that runs inside the test. */
export class Running {
  readonly ended: Promise<Outcome>;
  readonly #interruption = new AbortController();
  readonly #end = new AbortController();
  readonly #text = { stdout: "", stderr: "" };
  #changed = (): void => undefined;
  #over = false;

  constructor(args: readonly string[], { stdin = "", env = {}, terminal = false }: Surroundings = {}) {
    const input = stdin instanceof Readable ? stdin : Readable.from([Buffer.from(stdin as Uint8Array)]);
    const io = {
      stdin: input,
      stdout: Object.assign(this.#stream("stdout"), { isTTY: terminal }),
      stderr: Object.assign(this.#stream("stderr"), { isTTY: terminal }),
      env,
      signal: this.#interruption.signal,
      end: this.#end.signal,
    };
    this.ended = runCli(args, io).then((code) => {
      this.#over = true;
      this.#changed();
      return { code, ...this.#text };
    });
  }

  /** What Ctrl-C and SIGTERM do. */
  interrupt(): void {
    this.#interruption.abort();
    this.#end.abort();
  }

  /** What `main.ts` does when standard output has no reader any more. */
  stopReading(): void {
    this.#end.abort();
  }

  /** Resolves when the text was printed; fails when the command ends before. */
  async prints(stream: "stdout" | "stderr", text: string): Promise<void> {
    while (!this.#text[stream].includes(text)) {
      if (this.#over) throw new Error(`ended without "${text}": ${this.#text.stdout}${this.#text.stderr}`);
      await new Promise<void>((resolve) => (this.#changed = resolve));
    }
  }

  get stdout(): string {
    return this.#text.stdout;
  }

  #stream(name: "stdout" | "stderr"): PassThrough {
    const stream = new PassThrough();
    stream.on("data", (data: Buffer) => {
      this.#text[name] += data.toString();
      this.#changed();
    });
    return stream;
  }
}

/** Runs a command line to its end. */
export function run(args: readonly string[], surroundings?: Surroundings): Promise<Outcome> {
  return new Running(args, surroundings).ended;
}

/** The lines of a text that ends with a line end. */
export function linesOf(text: string): readonly string[] {
  return text.split("\n").slice(0, -1);
}
