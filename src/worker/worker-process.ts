import { fork, type ChildProcess } from "node:child_process";
import { statSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { deserialize, serialize } from "node:v8";
import { textOf, XqbusError } from "../errors.ts";
import { childEnvironment } from "./child-environment.ts";
import { killGroup } from "./kill-group.ts";
import { LineSplitter } from "./line-splitter.ts";
import type { FromChild, LoadedFile, LogLevel, ToChild } from "./messages.ts";
import type { CheckedPoolOptions } from "./pool-options.ts";
import { RunningCall, said } from "./running-call.ts";
import { sentError } from "./sent-error.ts";
import type { CheckedCall } from "./worker-call.ts";
import type { WorkerExit } from "./worker-error.ts";

/** What is written last by a process that has no memory left. */
const OUT_OF_MEMORY = /heap out of memory|Allocation failed|Out of memory/i;
/** How long the last output of a dead process may take, in ms. */
const LAST_OUTPUT_MS = 200;

/** One child process. It can be called when {@link WorkerProcess.ready} has resolved, one call at a time. */
export class WorkerProcess {
  /** Rejects with `xqbus:timeout` or `xqbus:process-ended`. */
  readonly ready: Promise<void>;
  readonly #options: CheckedPoolOptions;
  readonly #child: ChildProcess;
  readonly #files: Map<string, LoadedFile> = new Map();
  #running: { readonly id: number; readonly call: RunningCall; isAnswered: boolean } | undefined;
  #lastCall = 0;
  #isOutOfMemory = false;
  #isEnded = false;
  #isBroken = false;
  /** Something throws that a call has left behind. */
  #throwsByItself = false;
  #markReady: () => void = () => undefined;
  #failStart: (error: XqbusError) => void = () => undefined;
  #markEnded: () => void = () => undefined;
  readonly #ended: Promise<void>;

  constructor(options: CheckedPoolOptions) {
    this.#options = options;
    this.#ended = new Promise((resolve) => (this.#markEnded = resolve));
    this.ready = new Promise((resolve, reject) => {
      this.#markReady = resolve;
      this.#failStart = reject;
    });
    this.ready.catch(() => undefined);
    this.#child = fork(fileURLToPath(new URL(CHILD, import.meta.url)), [], {
      // A group of its own, so that programs it starts end with it.
      detached: true,
      serialization: "advanced",
      stdio: ["ignore", "pipe", "pipe", "ipc"],
      cwd: options.cwd,
      env: childEnvironment(process.env, options.env),
      execArgv: [
        "--disable-warning=ExperimentalWarning",
        `--max-old-space-size=${options.memoryMb}`,
        ...options.execArgv,
      ],
    });
    this.#listen();
    const { data, maxMessageBytes, maxLogBytes, names } = options;
    this.#send({ kind: "init", data: serialize(data), maxMessageBytes, maxLogBytes, names });
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** Whether it can still be called. */
  get isAlive(): boolean {
    return !this.#isEnded && this.#child.connected;
  }

  /** Whether another process would load other code: a module has changed, or could not be loaded. */
  get isStale(): boolean {
    return this.#isBroken || [...this.#files.values()].some(hasChanged);
  }

  /** Runs one call. @throws WorkerError */
  async run(call: CheckedCall, args: Uint8Array): Promise<unknown> {
    const id = ++this.#lastCall;
    const { killGraceMs, maxLogBytes, names } = this.#options;
    const { module, export: name, key } = call;
    this.#send({ kind: "call", id, module, export: name, key, args });
    const running = new RunningCall(call, {
      abort: ({ code, message }) => this.#send({ kind: "abort", id, code, message }),
      kill: () => void this.kill(),
      killGraceMs,
      maxLogBytes,
      memoryName: names.memoryMb,
    });
    this.#running = { id, call: running, isAnswered: false };
    try {
      return await running.result;
    } finally {
      this.#running = undefined;
      if (this.#throwsByItself) void this.kill();
    }
  }

  /** Ends it and what it has started, at once. Resolves when it is gone. */
  kill(): Promise<void> {
    if (this.#child.pid !== undefined) killGroup(this.#child.pid);
    return this.#ended;
  }

  #listen(): void {
    const child = this.#child;
    const timer = setTimeout(() => {
      const { startTimeoutMs } = this.#options;
      this.#failStart(new XqbusError("xqbus:timeout", `a worker process did not start within ${startTimeoutMs} ms`));
      void this.kill();
    }, this.#options.startTimeoutMs);
    void this.ready.then(
      () => clearTimeout(timer),
      () => clearTimeout(timer),
    );
    child.on("message", (message: FromChild) => this.#take(message));
    child.on("error", (error) => {
      this.#failStart(
        new XqbusError("xqbus:process-ended", `a worker process cannot be started: ${error.message}`, { cause: error }),
      );
      if (child.pid === undefined) this.#markEnded();
    });
    child.on("exit", (code, signal) => {
      if (child.pid !== undefined) killGroup(child.pid);
      const exit = (): void => this.#exited(code ?? undefined, signal ?? undefined);
      const late = setTimeout(exit, LAST_OUTPUT_MS);
      child.once("close", () => {
        clearTimeout(late);
        exit();
      });
    });
    this.#read(child.stdout, "info");
    this.#read(child.stderr, "error");
  }

  /** What programs write that the code has started, and Node.js itself. */
  #read(stream: NodeJS.ReadableStream | null, level: LogLevel): void {
    const lines = new LineSplitter((text) => {
      if (OUT_OF_MEMORY.test(text)) this.#isOutOfMemory = true;
      const line = { at: Date.now(), level, text };
      if (this.#running === undefined) this.#options.onLog?.(line);
      else this.#running.call.logRaw(line);
    });
    stream?.on("data", (chunk: Uint8Array) => lines.write(chunk));
    stream?.on("end", () => lines.flush());
  }

  #take(message: FromChild): void {
    switch (message.kind) {
      case "ready":
        return this.#markReady();
      case "loaded":
        for (const file of message.files) this.#files.set(file.path, file);
        return;
      case "log": {
        const call = this.#callOf(message.call);
        return call === undefined ? this.#options.onLog?.(message.line) : call.log(message.line);
      }
      case "crashed":
        this.#isBroken = true;
        return this.#running?.call.crash(message.error);
      case "left-behind": {
        this.#isBroken = true;
        const text = `what an earlier call has left behind threw: ${said(message.error)}`;
        this.#options.onLog?.({ at: Date.now(), level: "error", text });
        // It may go on throwing; the next call gets another process.
        this.#throwsByItself = true;
        if (this.#running === undefined) void this.kill();
        return undefined;
      }
      case "ask":
        return void this.#answer(message);
      case "failed":
        if (message.failure === "module") this.#isBroken = true;
        return this.#settle(message.id, (call) => call.fail(message.failure, message.error));
      case "result":
        return this.#settle(message.id, (call) => call.succeed(deserialize(message.value)));
    }
  }

  /** After what else has come by now: the last output of programs takes another way. */
  #settle(id: number, settle: (call: RunningCall) => void): void {
    const call = this.#callOf(id);
    if (call === undefined || this.#running === undefined) return;
    this.#running.isAnswered = true;
    setImmediate(() => settle(call));
  }

  /** The call of this number, until its answer has come. */
  #callOf(id: number | undefined): RunningCall | undefined {
    return id === this.#running?.id && this.#running?.isAnswered === false ? this.#running.call : undefined;
  }

  async #answer({ id, call, service, argument }: Extract<FromChild, { readonly kind: "ask" }>): Promise<void> {
    try {
      const asked = Object.hasOwn(this.#options.services, service) ? this.#options.services[service] : undefined;
      if (asked === undefined) {
        const names = Object.keys(this.#options.services).join(", ");
        throw new XqbusError(
          "xqbus:illegal-argument",
          `there is no service "${service}"; ${names === "" ? "there are none" : `there are ${names}`}`,
        );
      }
      const asking = this.#callOf(call)?.asking;
      if (asking === undefined) {
        throw new XqbusError("xqbus:aborted", `the call that asks for "${service}" is over`);
      }
      this.#send({ kind: "answer", id, value: this.#answerBytes(await asked(deserialize(argument), asking), service) });
    } catch (error) {
      this.#send({ kind: "refused", id, error: { ...sentError(error), stack: undefined } });
    }
  }

  #answerBytes(value: unknown, service: string): Uint8Array {
    const bytes = serialize(value);
    const { maxMessageBytes, names } = this.#options;
    if (bytes.length <= maxMessageBytes) return bytes;
    throw new XqbusError(
      "xqbus:limit-exceeded",
      `the answer of "${service}" has ${bytes.length} bytes, more than ${maxMessageBytes} (${names.maxMessageBytes})`,
    );
  }

  #exited(code: number | undefined, signal: string | undefined): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    const exit: WorkerExit = { code, signal, isOutOfMemory: this.#isOutOfMemory };
    this.#failStart(
      new XqbusError("xqbus:process-ended", `a worker process ended with ${textOf(code ?? signal)} when it started`),
    );
    this.#running?.call.exit(exit);
    this.#markEnded();
  }

  #send(message: ToChild): void {
    // One that is gone says so by its exit.
    if (this.#child.connected) this.#child.send(message, () => undefined);
  }
}

function hasChanged({ path, mtimeMs, size }: LoadedFile): boolean {
  try {
    const stats = statSync(path);
    return stats.mtimeMs !== mtimeMs || stats.size !== size;
  } catch {
    return true;
  }
}

/** The compiled entry: not every release of Node.js can read TypeScript. Where the sources run as they are (tests), dist/ is built before. */
const CHILD: string = import.meta.url.endsWith(".ts") ? "../../dist/worker/child.js" : "./child.js";
