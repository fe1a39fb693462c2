import { LogLimit } from "./log-limit.ts";
import type { FailureKind, LogLine, SentError } from "./messages.ts";
import type { AskingCall } from "./pool-options.ts";
import type { CheckedCall } from "./worker-call.ts";
import { WorkerError, type WorkerExit } from "./worker-error.ts";

/** What a running call asks of its process. */
export interface CallHost {
  /** Tells the code that it is to end. */
  abort(error: WorkerError): void;
  kill(): void;
  readonly killGraceMs: number;
  readonly maxLogBytes: number;
  /** What the option that bounds its memory is called. */
  readonly memoryName: string;
}

/** One call in a process, from its beginning to its one outcome. */
export class RunningCall {
  readonly asking: AskingCall;
  readonly result: Promise<unknown>;
  readonly #call: CheckedCall;
  readonly #host: CallHost;
  readonly #controller: AbortController = new AbortController();
  /** Of what programs write that the code has started. */
  readonly #limit: LogLimit;
  readonly #timer: NodeJS.Timeout;
  #killTimer: NodeJS.Timeout | undefined;
  /** Why it was told to end. */
  #ended: WorkerError | undefined;
  #crash: WorkerError | undefined;
  #resolve: (value: unknown) => void = () => undefined;
  #reject: (error: WorkerError) => void = () => undefined;

  constructor(call: CheckedCall, host: CallHost) {
    this.#call = call;
    this.#host = host;
    this.#limit = new LogLimit(host.maxLogBytes);
    this.asking = Object.freeze({
      ...{ module: call.module, export: call.export, key: call.key },
      signal: this.#controller.signal,
    });
    this.result = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    this.#timer = setTimeout(() => this.#end("xqbus:timeout", timeoutText(call)), call.timeoutMs);
    if (call.signal?.aborted === true) this.#onAbort();
    else call.signal?.addEventListener("abort", this.#onAbort, { once: true });
  }

  log(line: LogLine): void {
    this.#call.onLog?.(line);
  }

  /** A line that came another way than from the code itself. */
  logRaw(line: LogLine): void {
    const passed = this.#limit.pass(line);
    if (passed !== undefined) this.log(passed);
  }

  succeed(value: unknown): void {
    this.#over();
    const isAborted = this.#ended?.code === "xqbus:aborted";
    if (this.#ended === undefined || (isAborted && this.#call.takesLateResult)) this.#resolve(value);
    else this.#reject(this.#ended);
  }

  fail(failure: FailureKind, thrown: SentError): void {
    this.#over();
    this.#reject(this.#ended ?? this.#failed(failure, thrown));
  }

  /** Something threw that nobody waits for; the process ends with it. */
  crash(thrown: SentError): void {
    this.#crash = this.#error(
      "xqbus:code-failed",
      `${this.#name()} threw where nobody waited for it: ${said(thrown)}`,
      { thrown },
    );
  }

  /** The process is gone. */
  exit(exit: WorkerExit): void {
    this.#over();
    this.#reject(this.#ended ?? this.#crash ?? this.#error("xqbus:process-ended", this.#exitText(exit), { exit }));
  }

  readonly #onAbort = (): void => this.#end("xqbus:aborted", `${this.#name()} was cancelled`);

  #end(code: "xqbus:timeout" | "xqbus:aborted", message: string): void {
    if (this.#ended !== undefined) return;
    this.#ended = this.#error(code, message);
    this.#host.abort(this.#ended);
    this.#killTimer = setTimeout(() => this.#host.kill(), this.#host.killGraceMs);
  }

  #over(): void {
    clearTimeout(this.#timer);
    clearTimeout(this.#killTimer);
    this.#call.signal?.removeEventListener("abort", this.#onAbort);
    this.#controller.abort();
  }

  #failed(failure: FailureKind, thrown: SentError): WorkerError {
    if (failure === "thrown") {
      return this.#error("xqbus:code-failed", `${this.#name()} failed: ${said(thrown)}`, { thrown });
    }
    if (failure === "module") return this.#error("xqbus:invalid-module", thrown.message, { thrown });
    const code = thrown.code === "xqbus:limit-exceeded" ? "xqbus:limit-exceeded" : "xqbus:illegal-result";
    return this.#error(code, `${this.#name()}: ${thrown.message}`, { isPermanent: true });
  }

  #exitText({ code, signal, isOutOfMemory }: WorkerExit): string {
    if (isOutOfMemory) return `${this.#name()} needs more memory than its process may have (${this.#host.memoryName})`;
    const how = code === undefined ? `was killed by ${signal ?? "a signal"}` : `ended with exit code ${code}`;
    return `the process of ${this.#name()} ${how} before there was a result`;
  }

  #name(): string {
    return `${this.#call.export} of ${this.#call.module}`;
  }

  #error(
    code: ConstructorParameters<typeof WorkerError>[0],
    message: string,
    facts: Partial<ConstructorParameters<typeof WorkerError>[2]> = {},
  ): WorkerError {
    return new WorkerError(code, message, { module: this.#call.module, export: this.#call.export, ...facts });
  }
}

function timeoutText({ export: name, module, timeoutMs }: CheckedCall): string {
  return `${name} of ${module} did not end within ${timeoutMs} ms`;
}

/** An error in one line. */
export function said({ name, message }: SentError): string {
  return message === "" ? name : `${name}: ${message}`;
}
