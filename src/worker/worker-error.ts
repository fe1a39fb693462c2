import { XqbusError, type XqbusErrorCode } from "../errors.ts";
import type { SentError } from "./messages.ts";

/** What is known of a call that failed, beside the sentence. */
export interface WorkerErrorFacts {
  readonly module: string;
  readonly export: string;
  /** What the code threw. */
  readonly thrown?: SentError;
  /** How the process ended. */
  readonly exit?: WorkerExit;
  /** Other than what the thrown error says. */
  readonly isPermanent?: boolean;
}

/** How a process ended. */
export interface WorkerExit {
  readonly code: number | undefined;
  readonly signal: string | undefined;
  readonly isOutOfMemory: boolean;
}

/**
 * A call of a {@link WorkerPool} that has no result. Codes: `xqbus:code-failed` (the code threw), `xqbus:timeout`, `xqbus:aborted`,
 * `xqbus:process-ended`, `xqbus:invalid-module`, `xqbus:illegal-result`, `xqbus:limit-exceeded` (arguments or result are too large),
 * `xqbus:too-many-requests` (too many calls wait), `xqbus:already-closed`.
 */
export class WorkerError extends XqbusError {
  /** Path of the module that was called, and the export. */
  readonly module: string;
  readonly export: string;
  /** What the code threw, for `xqbus:code-failed` and `xqbus:invalid-module`: bounded texts. */
  readonly thrown: SentError | undefined;
  /** How the process ended, for `xqbus:process-ended`. */
  readonly exit: WorkerExit | undefined;
  /** Trying again is of no use, the code said so. */
  readonly isPermanent: boolean;
  /** Ms after which to try again, where the code said so. */
  readonly retryAfterMs: number | undefined;

  constructor(code: XqbusErrorCode, message: string, facts: WorkerErrorFacts) {
    super(code, message);
    const { thrown, exit } = facts;
    this.module = facts.module;
    this.export = facts.export;
    this.thrown = thrown;
    this.exit = exit;
    this.isPermanent = facts.isPermanent ?? thrown?.isPermanent ?? false;
    this.retryAfterMs = thrown?.retryAfterMs;
  }
}
