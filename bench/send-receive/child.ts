import type { ChildProcess } from "node:child_process";
import { fork } from "node:child_process";
import { join } from "node:path";
import type { Answer, Failure, Request, Role } from "./protocol.ts";

const LIMIT_MS = 120_000;

/** A process of its own in one role; it ends with this one at the latest. */
export class Child {
  readonly #role: Role;
  readonly #process: ChildProcess;

  constructor(role: Role) {
    this.#role = role;
    this.#process = fork(join(import.meta.dirname, "worker.ts"), [role]);
  }

  /** Asks and waits for the answer; one question at a time. Rejects when the process fails, ends, or takes two minutes. */
  ask(request: Request): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const what = `${this.#role}, asked to ${request.kind},`;
      const onMessage = (message: Answer | Failure): void => {
        finish();
        if ("error" in message) reject(new Error(`${what} failed: ${message.error}`));
        else resolve(message);
      };
      const onExit = (code: number | null): void => {
        finish();
        reject(new Error(`${what} ended with ${code ?? "a signal"}`));
      };
      const timer = setTimeout(() => {
        finish();
        reject(new Error(`${what} gave no answer within ${LIMIT_MS / 1000} s`));
      }, LIMIT_MS);
      const finish = (): void => {
        clearTimeout(timer);
        this.#process.off("message", onMessage).off("exit", onExit);
      };
      this.#process.on("message", onMessage).on("exit", onExit);
      this.#process.send(request);
    });
  }

  /** Ends the process. */
  stop(): void {
    this.#process.kill();
  }
}
