import { fork, type ChildProcess } from "node:child_process";

/** A question that could not be answered. */
interface Failure {
  readonly error: string;
}

/** What a process of a benchmark is. */
export interface ChildOptions {
  /** File of the program, which answers with {@link answerWith}. */
  readonly program: string;
  readonly args?: readonly string[];
  /** Of Node, besides those of this process. */
  readonly execArgv?: readonly string[];
  /** An answer that takes longer is a failure, in ms. */
  readonly limitMs: number;
}

/** A process of its own, which ends with this one at the latest; one question at a time. */
export class Child<Request extends object, Answer extends object> {
  readonly #name: string;
  readonly #limitMs: number;
  readonly #process: ChildProcess;

  constructor({ program, args = [], execArgv = [], limitMs }: ChildOptions) {
    this.#name = [program, ...args].join(" ");
    this.#limitMs = limitMs;
    this.#process = fork(program, args, { execArgv: [...process.execArgv, ...execArgv] });
  }

  /** Rejects when the process fails, ends, or takes too long. */
  ask(request: Request): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const fail = (why: string): void => {
        finish();
        reject(new Error(`${this.#name} ${why}`));
      };
      const onMessage = (message: Answer | Failure): void => {
        if ("error" in message) {
          fail(`failed: ${message.error}`);
          return;
        }
        finish();
        resolve(message);
      };
      const onExit = (code: number | null): void => fail(`ended with ${code ?? "a signal"}`);
      const timer = setTimeout(() => fail(`gave no answer within ${this.#limitMs / 1000} s`), this.#limitMs);
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
