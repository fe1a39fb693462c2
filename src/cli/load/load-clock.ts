import { setImmediate as nextTurn } from "node:timers/promises";

/** Where a load takes its time from, so that tests can make it pass. */
export interface LoadClock {
  /** Microseconds since some moment that all processes of this machine share. */
  now(): number;
  /** Resolves at that time or soon after, or when the signal is aborted. */
  until(micros: number, signal: AbortSignal): Promise<void>;
  /** Lets everything else run that is ready to. */
  turn(): Promise<unknown>;
}

/** The monotonic clock of this machine. Timers of Node fire up to a millisecond late, which is part of what is measured. */
export const MACHINE_CLOCK: LoadClock = Object.freeze({
  now,
  until: (micros: number, signal: AbortSignal) =>
    new Promise<void>((resolve) => {
      const finish = (): void => {
        clearTimeout(timer);
        signal.removeEventListener("abort", finish);
        resolve();
      };
      const timer = setTimeout(finish, Math.max(0, (micros - now()) / 1000));
      signal.addEventListener("abort", finish, { once: true });
      if (signal.aborted) finish();
    }),
  turn: () => nextTurn(),
});

function now(): number {
  return Number(process.hrtime.bigint() / 1000n);
}
