import { setMaxListeners } from "node:events";
import type { Worker } from "node:worker_threads";
import { messageOf, XqbusError } from "../../errors.ts";
import type { ValidationProblem } from "../problems/validation-problem.ts";
import type { AnswerMessage, DocumentMessage } from "./worker-messages.ts";

/** Bounds of one call that waits for the worker. */
export interface LargeValidationOptions {
  /** Milliseconds, waiting for other documents and for the worker's start included; `Infinity` for no limit. Default 30 000. */
  readonly timeoutMs?: number;
  /** Ends the wait; the call then rejects with `xqbus:aborted`. */
  readonly signal?: AbortSignal | undefined;
}

/** How the worker is kept. */
export interface LargeDocumentSettings {
  /** Documents that wait for their turn at most. Default 256. */
  readonly maxWaiting?: number;
  /** Milliseconds without a document after which the worker ends and gives its memory back. Default 10 000. */
  readonly idleMs?: number;
}

/**
 * Validates documents in a worker thread, one at a time, so that a large one never stops the event loop.
 *
 * The worker starts with the first document, does not keep the process alive when it has none, and ends when it has had none
 * for a while. A document that takes too long, or with which the worker crashes, costs the worker; the next document gets a new
 * one.
 */
export class LargeDocumentValidator {
  readonly #startWorker: () => Worker;
  readonly #maxWaiting: number;
  readonly #idleMs: number;
  readonly #waiting: Task[] = [];
  #current: Task | undefined;
  #worker: Worker | undefined;
  #idleTimer: NodeJS.Timeout | undefined;
  #isClosed = false;

  /** @param startWorker starts a thread that answers each {@link DocumentMessage} with an {@link AnswerMessage} */
  constructor(startWorker: () => Worker, { maxWaiting = 256, idleMs = 10_000 }: LargeDocumentSettings = {}) {
    this.#startWorker = startWorker;
    this.#maxWaiting = maxWaiting;
    this.#idleMs = idleMs;
  }

  /**
   * Validates a document. Its bytes must not change before the answer is there.
   *
   * @returns what is wrong; one problem `xqbus:internal` when the worker crashed: what cannot be judged is not valid
   * @throws XqbusError `xqbus:timeout`, `xqbus:aborted`, `xqbus:limit-exceeded` too many documents wait,
   *   `xqbus:already-closed`, `xqbus:illegal-argument`
   */
  async validate(
    document: DocumentMessage,
    { timeoutMs = DEFAULT_TIMEOUT_MS, signal }: LargeValidationOptions = {},
  ): Promise<readonly ValidationProblem[]> {
    if (!(timeoutMs > 0)) {
      const message = `timeoutMs is ${timeoutMs}; expected a number of milliseconds above 0`;
      throw new XqbusError("xqbus:illegal-argument", message);
    }
    if (this.#isClosed) throw new XqbusError("xqbus:already-closed", "the catalog is closed");
    if (signal?.aborted === true) throw aborted(signal);
    if (this.#waiting.length >= this.#maxWaiting) {
      const message = `${this.#maxWaiting} large documents wait to be validated; await some of them before giving more`;
      throw new XqbusError("xqbus:limit-exceeded", message);
    }
    const task = new Task(document);
    const stopWaiting = limit(timeoutMs, signal, (error) => this.#giveUp(task, error));
    this.#waiting.push(task);
    this.#next();
    try {
      return await task.answer;
    } finally {
      stopWaiting();
    }
  }

  /** Takes no more documents; those that were given are still judged, then the worker ends. Idempotent. */
  close(): void {
    this.#isClosed = true;
    this.#next();
  }

  #next(): void {
    if (this.#current !== undefined) return;
    this.#current = this.#waiting.shift();
    if (this.#current === undefined) this.#rest();
    else this.#work(this.#current);
  }

  #work(task: Task): void {
    clearTimeout(this.#idleTimer);
    try {
      this.#worker ??= this.#newWorker();
      this.#worker.ref();
      const { input, isAccepted } = task.document;
      if (typeof input === "string") this.#worker.postMessage({ input, isAccepted });
      else {
        // A copy that goes over as it is: cloning a view would clone all of the buffer behind it.
        const copy = Uint8Array.prototype.slice.call(input);
        this.#worker.postMessage({ input: copy, isAccepted }, [copy.buffer]);
      }
    } catch (error) {
      this.#crash(error);
    }
  }

  #newWorker(): Worker {
    const worker = this.#startWorker();
    const ifCurrent = <T>(act: (value: T) => void): ((value: T) => void) => {
      return (value) => {
        if (this.#worker === worker) act(value);
      };
    };
    worker.on(
      "message",
      ifCurrent<AnswerMessage>(({ problems }) => this.#finish((task) => task.resolve(problems))),
    );
    worker.on(
      "error",
      ifCurrent<unknown>((error) => this.#crash(error)),
    );
    worker.on(
      "messageerror",
      ifCurrent<unknown>((error) => this.#crash(error)),
    );
    worker.on(
      "exit",
      ifCurrent<number>((code) => this.#crash(`the thread ended with ${code}`)),
    );
    return worker;
  }

  #finish(settle: (task: Task) => void): void {
    const task = this.#current;
    this.#current = undefined;
    if (task !== undefined) settle(task);
    this.#next();
  }

  #crash(reason: unknown): void {
    this.#endWorker();
    this.#finish((task) => task.resolve([notJudged(reason)]));
  }

  #giveUp(task: Task, error: XqbusError): void {
    task.reject(error);
    const place = this.#waiting.indexOf(task);
    if (place >= 0) this.#waiting.splice(place, 1);
    if (this.#current !== task) return;
    this.#endWorker();
    this.#finish(() => undefined);
  }

  #rest(): void {
    clearTimeout(this.#idleTimer);
    this.#worker?.unref();
    if (this.#isClosed) this.#endWorker();
    else this.#idleTimer = setTimeout(() => this.#endWorker(), this.#idleMs).unref();
  }

  #endWorker(): void {
    const worker = this.#worker;
    this.#worker = undefined;
    void worker?.terminate();
  }
}

/** One document and the promise of its answer. */
class Task {
  readonly document: DocumentMessage;
  readonly answer: Promise<readonly ValidationProblem[]>;
  resolve!: (problems: readonly ValidationProblem[]) => void;
  reject!: (error: XqbusError) => void;

  constructor(document: DocumentMessage) {
    this.document = document;
    this.answer = new Promise((resolve, reject) => {
      this.resolve = resolve;
      this.reject = reject;
    });
  }
}

/** Calls `onEnd` once when the time is over or the signal says so; the function that it gives takes that back. */
function limit(timeoutMs: number, signal: AbortSignal | undefined, onEnd: (error: XqbusError) => void): () => void {
  const onAbort = (): void => onEnd(aborted(signal));
  const onTimeout = (): void =>
    onEnd(
      new XqbusError("xqbus:timeout", `validating the document did not end within ${timeoutMs} ms (option timeoutMs)`),
    );
  const timer = timeoutMs <= MAX_TIMER_MS ? setTimeout(onTimeout, timeoutMs) : undefined;
  if (signal !== undefined) {
    // Many documents may share one signal; Node.js would print a warning at the eleventh.
    setMaxListeners(0, signal);
    signal.addEventListener("abort", onAbort, { once: true });
  }
  return () => {
    clearTimeout(timer);
    signal?.removeEventListener("abort", onAbort);
  };
}

function aborted(signal: AbortSignal | undefined): XqbusError {
  return new XqbusError("xqbus:aborted", "validating the document was aborted", { cause: signal?.reason });
}

function notJudged(reason: unknown): ValidationProblem {
  const words = messageOf(reason);
  const message = `the document could not be judged and therefore counts as invalid: the validation thread failed (${words})`;
  return { path: "/", line: 1, column: 1, code: "xqbus:internal", message };
}

const DEFAULT_TIMEOUT_MS = 30_000;

/** `setTimeout` fires at once above this. */
const MAX_TIMER_MS = 2 ** 31 - 1;
