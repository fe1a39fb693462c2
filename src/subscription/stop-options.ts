import type { Clock } from "../clock.ts";
import { assertIntegerOrInfinity, illegalOption } from "../assert-option.ts";
import { MAX_DURATION_MS } from "./duration.ts";

/** How long `stop` may take. */
export interface StopOptions {
  /** Ms; Infinity waits for all handlers. Default 5000. */
  readonly timeoutMs?: number;
  /** When it is aborted, handlers are aborted at once, and have `abortGraceMs` to end. */
  readonly signal?: AbortSignal;
  /** What `timeoutMs` is measured by. Default: the subscription's clock. */
  readonly clock?: Clock;
}

const DEFAULT_TIMEOUT_MS = 5000;

/** The options with the default for the time. */
export interface CheckedStopOptions {
  readonly timeoutMs: number;
  readonly signal: AbortSignal | undefined;
  readonly clock: Clock | undefined;
}

/** @throws XqbusError `xqbus:illegal-argument` */
export function checkStopOptions({ timeoutMs = DEFAULT_TIMEOUT_MS, signal, clock }: StopOptions): CheckedStopOptions {
  assertIntegerOrInfinity(timeoutMs, "timeoutMs", 1, MAX_DURATION_MS);
  if (signal !== undefined && !(signal instanceof AbortSignal)) throw illegalOption("signal must be an AbortSignal");
  return { timeoutMs, signal, clock };
}
