import { assertIntegerOrInfinity, illegalOption } from "./assert-option.ts";
import { MAX_DURATION_MS } from "./duration.ts";

/** How long `stop` may take. */
export interface StopOptions {
  /** Ms; Infinity waits for all handlers. Default 5000. */
  readonly timeoutMs?: number;
  /** When it is aborted, handlers are aborted at once, and have `abortGraceMs` to end. */
  readonly signal?: AbortSignal;
}

const DEFAULT_TIMEOUT_MS = 5000;

/** @throws XqbusError `xqbus:illegal-argument` */
export function checkStopOptions({ timeoutMs = DEFAULT_TIMEOUT_MS, signal }: StopOptions): {
  readonly timeoutMs: number;
  readonly signal: AbortSignal | undefined;
} {
  assertIntegerOrInfinity(timeoutMs, "timeoutMs", 1, MAX_DURATION_MS);
  if (signal !== undefined && !(signal instanceof AbortSignal)) throw illegalOption("signal must be an AbortSignal");
  return { timeoutMs, signal };
}
