/** Where the broker gets the time from, so that tests can make it pass. */
export interface Clock {
  /** Ms since 1970. */
  now(): number;
  /** Calls back once, at that time or soon after. Gives what cancels it. */
  at(timeMs: number, callback: () => void): () => void;
}

/** Node's timers end there; a later time takes several of them. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/** The time of this machine. Its timers do not keep the process alive. */
export const SYSTEM_CLOCK: Clock = Object.freeze<Clock>({
  now: () => Date.now(),
  at: (timeMs, callback) => {
    let timer: NodeJS.Timeout;
    const wait = (): void => {
      const left = timeMs - Date.now();
      timer = setTimeout(left > MAX_TIMER_MS ? wait : callback, Math.min(Math.max(0, left), MAX_TIMER_MS)).unref();
    };
    wait();
    return () => clearTimeout(timer);
  },
});
