/** Where a part of the package gets the time from, so that tests can make it pass. */
export interface Clock {
  /** Ms since 1970. */
  now(): number;
  /** Calls back once, at that time or soon after, never at once. Gives what cancels it. */
  at(timeMs: number, callback: () => void): () => void;
}

/** Node's timers end there; a later time takes several of them. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/** The time of this machine. `keepsProcessAlive`: whether Node waits for its alarms before it exits. */
export function systemClock(options: { readonly keepsProcessAlive: boolean }): Clock {
  const { keepsProcessAlive } = options;
  return Object.freeze<Clock>({
    now: () => Date.now(),
    at: (timeMs, callback) => {
      let timer: NodeJS.Timeout;
      const wait = (): void => {
        const left = timeMs - Date.now();
        timer = setTimeout(left > MAX_TIMER_MS ? wait : callback, Math.min(Math.max(0, left), MAX_TIMER_MS));
        if (!keepsProcessAlive) timer.unref();
      };
      wait();
      return () => clearTimeout(timer);
    },
  });
}
