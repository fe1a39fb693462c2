import { serialize } from "node:v8";
import { assertInteger, illegalOption } from "../assert-option.ts";
import { messageOf, type XqbusErrorCode } from "../errors.ts";
import type { ModuleDescription } from "./load-function.ts";
import { EVERYTHING } from "./messages.ts";
import { checkPoolOptions, type CheckedPoolOptions, type WorkerPoolOptions } from "./pool-options.ts";
import { checkCall, type CheckedCall, type WorkerCall } from "./worker-call.ts";
import { WorkerError } from "./worker-error.ts";
import { WorkerProcess } from "./worker-process.ts";

/** What a pool does, and has done so far. */
export interface WorkerPoolCounts {
  /** Processes that live. */
  readonly processes: number;
  /** Calls that run, and that wait for a process. */
  readonly running: number;
  readonly waiting: number;
  /** Processes that were started in all. */
  readonly started: number;
}

interface Waiting {
  readonly call: CheckedCall;
  readonly args: Uint8Array;
  readonly resolve: (result: Promise<unknown>) => void;
  readonly reject: (error: WorkerError) => void;
  /** Forgets the caller's signal, which the running call watches then. */
  readonly leave: () => void;
}

/** A place for one process. */
interface Slot {
  process: WorkerProcess | undefined;
  isBusy: boolean;
  lastKey: string | undefined;
}

const DEFAULT_CLOSE_MS = 5000;

/**
 * Child processes that run code of users. Each does one call at a time, so that what it prints belongs to one call; code that does not
 * end is killed with its process and all that it has started. Changed modules are loaded by a fresh process. Processes
 * have no environment but a minimal one, and ask the program for what they need (`services`). They end with this process.
 */
export class WorkerPool {
  readonly #options: CheckedPoolOptions;
  readonly #slots: readonly Slot[];
  readonly #waiting: Waiting[] = [];
  #started = 0;
  #isClosed = false;
  #closing: Promise<void> | undefined;
  #endsCalls: AbortController = new AbortController();
  #onIdle: () => void = () => undefined;

  /**
   * A pool whose processes can be called.
   *
   * @throws XqbusError `xqbus:illegal-argument`; `xqbus:timeout`, `xqbus:process-ended` when a process does not start
   */
  static async open(options: WorkerPoolOptions = {}): Promise<WorkerPool> {
    const pool = new WorkerPool(checkPoolOptions(options));
    try {
      await Promise.all(pool.#slots.map((slot) => pool.#processOf(slot).ready));
    } catch (error) {
      await pool.close({ timeoutMs: 0 });
      throw error;
    }
    return pool;
  }

  private constructor(options: CheckedPoolOptions) {
    this.#options = options;
    this.#slots = Array.from({ length: options.processes }, () => ({
      process: undefined,
      isBusy: false,
      lastKey: undefined,
    }));
  }

  get counts(): WorkerPoolCounts {
    return {
      processes: this.#slots.filter(({ process }) => process?.isAlive === true).length,
      running: this.#slots.filter(({ isBusy }) => isBusy).length,
      waiting: this.#waiting.length,
      started: this.#started,
    };
  }

  /** Ids of the processes that live. */
  get pids(): readonly number[] {
    return this.#slots.flatMap(({ process }) =>
      process?.isAlive === true && process.pid !== undefined ? [process.pid] : [],
    );
  }

  /**
   * Calls a function in one of the processes, as soon as one is free.
   *
   * @returns what it gave: plain data
   * @throws WorkerError; XqbusError `xqbus:illegal-argument`
   */
  async call(request: WorkerCall): Promise<unknown> {
    const call = checkCall(request);
    const args = this.#argsOf(call);
    if (this.#isClosed) throw workerError("xqbus:already-closed", "the pool is closed", call);
    if (call.signal?.aborted === true) throw aborted(call);
    const isFree = this.#slots.some(({ isBusy }) => !isBusy);
    if (!isFree && this.#waiting.length >= this.#options.maxWaiting) {
      const message = `${this.#waiting.length} calls wait for a process already (option maxWaiting)`;
      throw workerError("xqbus:too-many-requests", message, call);
    }
    return await new Promise<unknown>((resolve, reject) => {
      const onAbort = (): void => {
        this.#waiting.splice(this.#waiting.indexOf(waiting), 1);
        reject(aborted(call));
      };
      const leave = (): void => call.signal?.removeEventListener("abort", onAbort);
      const waiting: Waiting = { call, args, resolve, reject, leave };
      call.signal?.addEventListener("abort", onAbort, { once: true });
      this.#waiting.push(waiting);
      this.#dispatch();
    });
  }

  /**
   * What a module exports, after loading it in one of the processes.
   *
   * @throws WorkerError; XqbusError `xqbus:illegal-argument`
   */
  async describe(request: Omit<WorkerCall, "export" | "args">): Promise<ModuleDescription> {
    return (await this.call({ ...request, export: EVERYTHING })) as ModuleDescription;
  }

  /**
   * Ends all processes. Calls that wait are refused; those that run may end within `timeoutMs` (default 5000), are aborted then, and
   * killed. Idempotent.
   */
  close({ timeoutMs = DEFAULT_CLOSE_MS }: { readonly timeoutMs?: number } = {}): Promise<void> {
    assertInteger(timeoutMs, "timeoutMs", 0);
    this.#closing ??= this.#close(timeoutMs);
    return this.#closing;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #close(timeoutMs: number): Promise<void> {
    this.#isClosed = true;
    for (const { call, reject, leave } of this.#waiting.splice(0)) {
      leave();
      reject(workerError("xqbus:already-closed", "the pool was closed before the call began", call));
    }
    const idle = new Promise<void>((resolve) => (this.#onIdle = resolve));
    this.#tellIdle();
    const timer = setTimeout(() => this.#endsCalls.abort(), timeoutMs);
    await idle;
    clearTimeout(timer);
    await Promise.all(this.#slots.map(async ({ process }) => process?.kill()));
  }

  #argsOf(call: CheckedCall): Uint8Array {
    const { maxMessageBytes, names } = this.#options;
    let args: Uint8Array;
    try {
      args = serialize(call.args);
    } catch (error) {
      throw illegalOption(`args must be plain data: ${messageOf(error)}`);
    }
    if (args.length <= maxMessageBytes) return args;
    const message = `the arguments have ${args.length} bytes, more than ${maxMessageBytes} (${names.maxMessageBytes})`;
    throw workerError("xqbus:limit-exceeded", message, call, true);
  }

  #dispatch(): void {
    for (let next = this.#waiting[0]; next !== undefined; next = this.#waiting[0]) {
      const slot = this.#freeSlot(next.call.key);
      if (slot === undefined) return;
      this.#waiting.shift();
      next.leave();
      slot.isBusy = true;
      slot.lastKey = next.call.key;
      next.resolve(this.#run(slot, next));
    }
  }

  #freeSlot(key: string | undefined): Slot | undefined {
    const free = this.#slots.filter(({ isBusy }) => !isBusy);
    const known = key === undefined ? undefined : free.find(({ lastKey }) => lastKey === key);
    return known ?? free.find(({ process }) => process?.isAlive === true) ?? free[0];
  }

  async #run(slot: Slot, { call, args }: Waiting): Promise<unknown> {
    const signal = AbortSignal.any([this.#endsCalls.signal, ...(call.signal === undefined ? [] : [call.signal])]);
    try {
      const process = this.#processOf(slot);
      await this.#untilReady(process, call, signal);
      return await process.run({ ...call, signal }, args);
    } finally {
      slot.isBusy = false;
      // The next call need not wait for it.
      if (!this.#isClosed && slot.process?.isAlive !== true) this.#processOf(slot);
      this.#dispatch();
      this.#tellIdle();
    }
  }

  async #untilReady(process: WorkerProcess, call: CheckedCall, signal: AbortSignal): Promise<void> {
    try {
      await process.ready;
    } catch (error) {
      throw workerError(codeOf(error), messageOf(error), call);
    }
    if (signal.aborted) throw aborted(call);
  }

  /** A process that has loaded nothing older than what the files say. */
  #processOf(slot: Slot): WorkerProcess {
    if (slot.process !== undefined && slot.process.isAlive && !slot.process.isStale) return slot.process;
    void slot.process?.kill();
    slot.process = new WorkerProcess(this.#options);
    this.#started++;
    return slot.process;
  }

  #tellIdle(): void {
    if (this.#isClosed && this.#slots.every(({ isBusy }) => !isBusy)) this.#onIdle();
  }
}

function aborted(call: CheckedCall): WorkerError {
  return workerError("xqbus:aborted", `${call.export} of ${call.module} was cancelled before it began`, call);
}

function codeOf(error: unknown): XqbusErrorCode {
  return (error as { readonly code?: unknown }).code === "xqbus:timeout" ? "xqbus:timeout" : "xqbus:process-ended";
}

function workerError(code: XqbusErrorCode, message: string, call: CheckedCall, isPermanent = false): WorkerError {
  return new WorkerError(code, message, { module: call.module, export: call.export, isPermanent });
}
