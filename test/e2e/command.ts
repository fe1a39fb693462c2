import { spawn } from "node:child_process";
import type { ChildProcessWithoutNullStreams } from "node:child_process";
import { join } from "node:path";

export const root: string = join(import.meta.dirname, "..", "..");

const main = join(root, "dist", "cli", "main.js");

/** What a shell sees of a command that has ended. */
export interface Outcome {
  /** Exit code; null when a signal ended the process. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** The compiled command line as a process of its own. */
export class Command {
  readonly ended: Promise<Outcome>;
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #text = { stdout: "", stderr: "" };
  #changed = (): void => undefined;
  #over = false;

  constructor(args: readonly string[], stdin: string | Uint8Array = "", env: Readonly<Record<string, string>> = {}) {
    // Those of the person who runs the tests are not the command's.
    const own = { XQBUS_URL: undefined, BROKER_URL: undefined, XQBUS_SCHEMAS: undefined, XQBUS_HTTP: undefined };
    this.#child = spawn(process.execPath, [main, ...args], { cwd: root, env: { ...process.env, ...own, ...env } });
    for (const name of ["stdout", "stderr"] as const) {
      this.#child[name].on("data", (data: Buffer) => {
        this.#text[name] += data.toString();
        this.#changed();
      });
    }
    // The command may stop reading before it has everything.
    this.#child.stdin.on("error", () => undefined);
    this.#child.stdin.end(stdin);
    this.ended = new Promise((resolve) => {
      this.#child.on("close", (code) => {
        this.#over = true;
        this.#changed();
        resolve({ code, ...this.#text });
      });
    });
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

  get stderr(): string {
    return this.#text.stderr;
  }

  signal(name: "SIGINT" | "SIGTERM" | "SIGKILL" | "SIGHUP"): void {
    this.#child.kill(name);
  }

  /** What `| head -1` does to standard output when it has its line. */
  close(stream: "stdout" | "stderr"): void {
    this.#child[stream].destroy();
  }
}

/** Runs the command to its end. */
export function run(args: readonly string[], stdin?: string | Uint8Array): Promise<Outcome> {
  return new Command(args, stdin).ended;
}
