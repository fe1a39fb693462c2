import { fork, type ChildProcess } from "node:child_process";
import { fileURLToPath } from "node:url";
import { XqbusError } from "../../errors.ts";
import type { BenchAnswer, BenchRequest } from "./bench-messages.ts";

type Answer<K extends BenchAnswer["kind"]> = BenchAnswer & { readonly kind: K };

/** A process of `xqbus bench`; it ends with this one at the latest. */
export class BenchProcess {
  readonly #child: ChildProcess;
  readonly #name: string;
  #settle: { readonly resolve: (answer: BenchAnswer) => void; readonly reject: (error: Error) => void } | undefined;
  #done = 0;

  /** @param onWarning hears of what does not end the benchmark */
  constructor(name: string, onWarning: (warning: Answer<"warning">) => void) {
    this.#name = name;
    // What it is told stands in no list of processes: URLs have passwords.
    const stdio = ["ignore", "ignore", "inherit", "ipc"] as const;
    this.#child = fork(fileURLToPath(new URL(WORKER, import.meta.url)), { stdio: [...stdio], execArgv: [] });
    this.#child.on("message", (answer: BenchAnswer) => {
      if (answer.kind === "progress") this.#done = answer.done;
      else if (answer.kind === "warning") onWarning(answer);
      else if (answer.kind === "failed") this.#settle?.reject(new XqbusError(answer.code, answer.message));
      else this.#settle?.resolve(answer);
    });
    this.#child.on("error", (error) => this.#fail(`cannot be started: ${error.message}`));
    this.#child.on("exit", (code, signal) => this.#fail(`ended with ${code ?? signal ?? "nothing"}`));
  }

  /** How far it is with what it was asked for. */
  get done(): number {
    return this.#done;
  }

  /**
   * Asks and waits for the answer; one at a time.
   *
   * @throws XqbusError what went wrong there, or `xqbus:internal` when the process is gone
   */
  async ask<K extends "ready" | "published" | "consumed">(request: BenchRequest, expected: K): Promise<Answer<K>> {
    this.#done = 0;
    const answer = await new Promise<BenchAnswer>((resolve, reject) => {
      this.#settle = { resolve, reject };
      this.tell(request);
    });
    if (answer.kind !== expected) throw this.#defect(`answered ${answer.kind} to ${request.kind}`);
    return answer as Answer<K>;
  }

  /** Says something that has no answer. */
  tell(request: BenchRequest): void {
    if (this.#child.connected) this.#child.send(request);
    else this.#fail("is not there");
  }

  /** Ends it. */
  stop(): void {
    this.#settle = undefined;
    this.#child.kill("SIGKILL");
  }

  #fail(what: string): void {
    this.#settle?.reject(this.#defect(what));
  }

  #defect(what: string): XqbusError {
    return new XqbusError("xqbus:internal", `the process of the ${this.#name} ${what}`);
  }
}

/** The compiled worker: not every release of Node.js can read TypeScript. Where the sources run as they are (tests), dist/ is built before. */
const WORKER: string = import.meta.url.endsWith(".ts") ? "../../../dist/cli/load/bench-worker.js" : "./bench-worker.js";
