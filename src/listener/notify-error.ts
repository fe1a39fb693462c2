import { XqbusError } from "../errors.ts";

/** What became of an attempt that failed, for the delivery record and the retry. */
export interface NotifyFailure {
  /** In the words of the protocol: `503`, `421`. */
  readonly status?: number | undefined;
  /** The beginning of the receiver's answer. */
  readonly excerpt?: string | undefined;
  /** Trying again is of no use: a dead letter at once. */
  readonly isPermanent?: boolean;
  /** When the receiver wants the next attempt, in ms from now. */
  readonly retryAfterMs?: number | undefined;
  /** It is the daemon that cannot do it now, and not the receiver: no dead letter, however often and long it is tried. */
  readonly isEndless?: boolean;
  readonly cause?: unknown;
}

/** A receiver did not take an event. Its code is `xqbus:notify-failed`, or a more precise one such as `xqbus:address-refused`. */
export class NotifyError extends XqbusError {
  readonly status: number | undefined;
  readonly excerpt: string | undefined;
  readonly isPermanent: boolean;
  readonly retryAfterMs: number | undefined;
  readonly isEndless: boolean;

  constructor(
    code: string,
    message: string,
    { status, excerpt, isPermanent, retryAfterMs, isEndless, cause }: NotifyFailure = {},
  ) {
    super(code, message, { cause });
    this.status = status;
    this.excerpt = excerpt;
    this.isPermanent = isPermanent ?? false;
    this.retryAfterMs = retryAfterMs;
    this.isEndless = isEndless ?? false;
  }
}
