import { fork, type ChildProcess } from "node:child_process";
import { join } from "node:path";
import type { Failure } from "./protocol.ts";

const LIMIT_MS = 900_000;

/** A process of its own; one question at a time. */
export class Child<Request extends object, Answer extends object> {
  readonly #process: ChildProcess;

  /** @param program file of this folder */
  constructor(program: string) {
    this.#process = fork(join(import.meta.dirname, program), {
      execArgv: [...process.execArgv, "--max-old-space-size=8192"],
    });
  }

  /** Rejects when the process fails, ends, or takes a quarter of an hour. */
  ask(request: Request): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const onMessage = (message: Answer | Failure): void => {
        finish();
        if ("error" in message) reject(new Error(message.error));
        else resolve(message);
      };
      const onExit = (): void => {
        finish();
        reject(new Error("a process of the benchmark ended"));
      };
      const timer = setTimeout(onExit, LIMIT_MS);
      const finish = (): void => {
        clearTimeout(timer);
        this.#process.off("message", onMessage).off("exit", onExit);
      };
      this.#process.on("message", onMessage).on("exit", onExit);
      this.#process.send(request);
    });
  }

  stop(): void {
    this.#process.kill();
  }
}

/** Answers the questions of the process that has started this one, and ends with it. */
export function answerWith<Request, Answer extends object>(answer: (request: Request) => Promise<Answer>): void {
  process.on("message", (request: Request) => {
    answer(request).then(
      (value) => process.send?.(value),
      (error: unknown) =>
        process.send?.({ error: error instanceof Error ? (error.stack ?? error.message) : String(error) }),
    );
  });
  process.on("disconnect", () => process.exit());
}
