import { spawn } from "node:child_process";
import type { ChildProcessWithoutNullStreams } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { root } from "./command.ts";

const tsx = join(root, "node_modules", "tsx", "dist", "cli.mjs");

/** A running example and what it has printed so far. */
export class Example {
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #ended: Promise<unknown[]>;
  #changed = (): void => undefined;
  stdout = "";
  stderr = "";

  constructor(name: string, args: readonly string[], env: Readonly<Record<string, string>> = {}) {
    // Those of the person who runs the tests are not the example's.
    const own = { XQBUS_URL: undefined, BROKER_URL: undefined, SERVICE_NAME: undefined, STAGING_NAME: undefined };
    this.#child = spawn(process.execPath, [tsx, join(root, "examples", name), ...args], {
      cwd: root,
      env: { ...process.env, ...own, ...env },
    });
    this.#ended = once(this.#child, "close");
    this.#child.stdout.on("data", (data: Buffer) => this.#append("stdout", data));
    this.#child.stderr.on("data", (data: Buffer) => this.#append("stderr", data));
    this.#child.on("close", () => this.#changed());
  }

  /** Resolves when the example has printed this text; rejects when it ends before. */
  async prints(text: string): Promise<void> {
    while (!this.stdout.includes(text)) {
      if (this.#child.exitCode !== null) throw new Error(`ended without "${text}": ${this.stdout}${this.stderr}`);
      await new Promise<void>((resolve) => (this.#changed = resolve));
    }
  }

  interrupt(): void {
    this.#child.kill("SIGINT");
  }

  async ends(): Promise<{ readonly code: number | null; readonly stdout: string; readonly stderr: string }> {
    await this.#ended;
    return { code: this.#child.exitCode, stdout: this.stdout, stderr: this.stderr };
  }

  kill(): void {
    this.#child.kill("SIGKILL");
  }

  #append(stream: "stdout" | "stderr", data: Buffer): void {
    this[stream] += data.toString();
    this.#changed();
  }
}
