import type { Clock } from "../clock.ts";

/** The time of a stop: handlers are aborted before it is over, so that they can still end in time. */
export interface StopTime {
  readonly timeoutMs: number;
  /** How long before the end handlers are aborted; half of the time at most. */
  readonly graceMs: number;
  /** Aborts them at once; then the grace is all that is left. */
  readonly signal: AbortSignal | undefined;
}

/**
 * Calls `abort` when handlers are to end, and `isOver` resolves when there is no time left.
 *
 * @returns `cancel` must be called when nobody waits any more
 */
export function runStopTime(
  clock: Clock,
  { timeoutMs, graceMs, signal }: StopTime,
  abort: () => void,
): { readonly isOver: Promise<void>; readonly cancel: () => void } {
  const cancels: (() => void)[] = [];
  const grace = Math.min(graceMs, timeoutMs / 2);
  const isOver = new Promise<void>((resolve) => {
    const begin = (): void => {
      abort();
      cancels.push(clock.at(clock.now() + grace, resolve));
    };
    if (timeoutMs !== Infinity) cancels.push(clock.at(clock.now() + timeoutMs - grace, begin));
    if (signal?.aborted === true) begin();
    signal?.addEventListener("abort", begin, { once: true });
    cancels.push(() => signal?.removeEventListener("abort", begin));
  });
  return { isOver, cancel: () => cancels.forEach((cancel) => cancel()) };
}
