/** Looks regularly whether something moves. The owner compares what it sees with what it saw last time, so that no clock is asked. */
export class Watchdog {
  readonly #periodMs: number;
  readonly #look: () => void;
  #timer: NodeJS.Timeout | undefined;

  /** @param periodMs `Infinity` for never */
  constructor(periodMs: number, look: () => void) {
    this.#periodMs = periodMs;
    this.#look = look;
  }

  /** Begins to look. It does not keep the process alive. */
  start(): void {
    this.stop();
    if (this.#periodMs < MAX_TIMER_MS) this.#timer = setInterval(this.#look, this.#periodMs).unref();
  }

  /** Idempotent. */
  stop(): void {
    clearInterval(this.#timer);
  }
}

/** A timer of Node fires at once above this. */
const MAX_TIMER_MS = 2 ** 31 - 1;
