import { XqbusError } from "../errors.ts";
import { assertInteger } from "../assert-option.ts";
import { MAX_DURATION_MS } from "./duration.ts";

/**
 * Thrown by a handler: trying again is of no use, the delivery becomes a dead letter at once. Code `xqbus:permanent-failure`.
 */
export class PermanentError extends XqbusError {
  constructor(message: string, options?: { readonly cause?: unknown }) {
    super("xqbus:permanent-failure", message, options);
  }
}

/**
 * Thrown by a handler: the attempt failed, the next one is to begin after this time (a receiver's `Retry-After`) instead of the
 * policy's delay. The policy's bounds on attempts and age hold, unless it is endless. Code `xqbus:retry-later`.
 */
export class RetryLater extends XqbusError {
  /** Ms from the end of the attempt. */
  readonly afterMs: number;
  /** Whether it is tried again however often and for however long: the event and its receiver are not what is wrong. */
  readonly isEndless: boolean;

  /** @throws XqbusError `xqbus:illegal-argument` unless `afterMs` is a whole number of ms up to 10 years */
  constructor(
    afterMs: number,
    message?: string,
    { isEndless = false, ...options }: { readonly cause?: unknown; readonly isEndless?: boolean } = {},
  ) {
    assertInteger(afterMs, "RetryLater afterMs", 0, MAX_DURATION_MS);
    super("xqbus:retry-later", message ?? `not now; try again in ${afterMs} ms`, options);
    this.afterMs = afterMs;
    this.isEndless = isEndless;
  }
}
