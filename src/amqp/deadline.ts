import { XqbusError } from "../errors.ts";
import { AbortedError, TimeoutError } from "./errors.ts";

/** What every waiting call takes in its options. */
export interface WaitLimits {
  /** Milliseconds; `Infinity` for no limit. */
  readonly timeoutMs?: number;
  /** Ends the wait early; the call then rejects with `xqbus:aborted`. */
  readonly signal?: AbortSignal;
}

/** `setTimeout` fires at once above this. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/**
 * The end of one wait: by its time limit or by the caller's `AbortSignal`, whichever comes first.
 *
 * Whoever creates a deadline calls {@link Deadline.stop} when the wait is over, else its timer keeps the process alive.
 */
export class Deadline {
  readonly #what: string;
  readonly #signal: AbortSignal | undefined;
  readonly #listeners: Set<(error: XqbusError) => void> = new Set();
  #timer: NodeJS.Timeout | undefined;
  #error: XqbusError | undefined;

  /**
   * @param what what is waited for, the start of a sentence: `connecting to localhost:5672`
   * @param option name of the option that sets the time limit, for the message
   * @throws XqbusError `xqbus:illegal-argument` for a time limit that is not a positive number, or no AbortSignal
   */
  constructor(what: string, limits: { timeoutMs: number; signal?: AbortSignal | undefined; option: string }) {
    const { timeoutMs, signal, option } = limits;
    assertMilliseconds(timeoutMs, option);
    assertSignal(signal);
    this.#what = what;
    this.#signal = signal;
    if (signal?.aborted === true) {
      this.#abort();
      return;
    }
    if (signal !== undefined) listenTo(signal, this.#abort);
    if (timeoutMs <= MAX_TIMER_MS) {
      this.#timer = setTimeout(() => {
        this.#end(new TimeoutError(`${what} did not end within ${timeoutMs} ms (option ${option})`));
      }, timeoutMs);
    }
  }

  /** Why the wait is over, or undefined while it is not. */
  get error(): XqbusError | undefined {
    return this.#error;
  }

  /**
   * Calls `listener` once with a `TimeoutError` or `AbortedError` when the wait is over; at once if it already is.
   *
   * @returns a function that takes the listener away
   */
  onEnd(listener: (error: XqbusError) => void): () => void {
    if (this.#error === undefined) this.#listeners.add(listener);
    else listener(this.#error);
    return () => this.#listeners.delete(listener);
  }

  /** Settles as `work` does, or rejects when the wait is over before. The work itself is not stopped. */
  async race<T>(work: Promise<T>): Promise<T> {
    let forget: (() => void) | undefined;
    try {
      return await new Promise<T>((resolve, reject) => {
        forget = this.onEnd(reject);
        work.then(resolve, reject);
      });
    } finally {
      forget?.();
    }
  }

  /** Ends the watch without an error. Idempotent. */
  stop(): void {
    clearTimeout(this.#timer);
    if (this.#signal !== undefined) stopListening(this.#signal, this.#abort);
    this.#listeners.clear();
  }

  readonly #abort = (): void => {
    this.#end(new AbortedError(`${this.#what} was ended by the caller's AbortSignal`, { cause: this.#signal?.reason }));
  };

  #end(error: XqbusError): void {
    this.#error = error;
    const listeners = [...this.#listeners];
    this.stop();
    for (const listener of listeners) listener(error);
  }
}

/** Deadlines by signal: many sends share one signal, and Node warns about the eleventh listener on it. */
const waiting = new WeakMap<AbortSignal, Set<() => void>>();

function listenTo(signal: AbortSignal, abort: () => void): void {
  let aborts = waiting.get(signal);
  if (aborts === undefined) {
    aborts = new Set();
    waiting.set(signal, aborts);
    signal.addEventListener("abort", onAbort, { once: true });
  }
  aborts.add(abort);
}

function stopListening(signal: AbortSignal, abort: () => void): void {
  const aborts = waiting.get(signal);
  aborts?.delete(abort);
  if (aborts?.size !== 0) return;
  waiting.delete(signal);
  signal.removeEventListener("abort", onAbort);
}

function onAbort(this: AbortSignal): void {
  const aborts = waiting.get(this) ?? [];
  waiting.delete(this);
  for (const abort of [...aborts]) abort();
}

/** @throws XqbusError `xqbus:illegal-argument` unless `value` is a positive number or Infinity */
export function assertMilliseconds(value: number, option: string): void {
  if (typeof value === "number" && value > 0) return;
  throw new XqbusError(
    "xqbus:illegal-argument",
    `option ${option} must be a positive number of milliseconds or Infinity, got ${String(value)}`,
  );
}

/** @throws XqbusError `xqbus:illegal-argument` unless `signal` is an AbortSignal or undefined */
export function assertSignal(signal: unknown): void {
  if (signal === undefined || signal instanceof AbortSignal) return;
  throw new XqbusError(
    "xqbus:illegal-argument",
    "option signal must be an AbortSignal, such as the signal of an AbortController",
  );
}
