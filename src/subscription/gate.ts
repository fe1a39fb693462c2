import type { Clock } from "../clock.ts";
import { Fifo } from "./fifo.ts";
import type { Rate } from "./rate.ts";
import { TokenBucket } from "./token-bucket.ts";

/** Lets attempts begin: in the order in which they ask, not faster than a rate, and none while it is shut. */
export class Gate {
  readonly #clock: Clock;
  readonly #bucket: TokenBucket | undefined;
  readonly #waiting: Fifo<() => void> = new Fifo();
  #isOpen = true;
  #cancelAlarm: (() => void) | undefined;

  constructor(rate: Rate | undefined, clock: Clock) {
    this.#clock = clock;
    this.#bucket = rate === undefined ? undefined : new TokenBucket(rate);
  }

  /** Whether one may begin at once; otherwise it {@link Gate.wait}s. */
  pass(): boolean {
    return this.#isOpen && this.#waiting.size === 0 && this.#take();
  }

  /** Calls `begin` when its turn has come. */
  wait(begin: () => void): void {
    this.#waiting.push(begin);
    this.#proceed();
  }

  /** Calls back everybody who waits, for whom there is nothing to begin any more. */
  dismiss(): void {
    while (this.#waiting.size > 0) this.#waiting.shift()?.();
  }

  open(): void {
    this.#isOpen = true;
    this.#proceed();
  }

  shut(): void {
    this.#isOpen = false;
    this.#cancelAlarm?.();
    this.#cancelAlarm = undefined;
  }

  #take(): boolean {
    return this.#bucket === undefined || this.#bucket.take(this.#clock.now());
  }

  #proceed(): void {
    while (this.#isOpen && this.#waiting.size > 0) {
      if (!this.#take()) {
        this.#setAlarm();
        return;
      }
      this.#waiting.shift()?.();
    }
  }

  #setAlarm(): void {
    const now = this.#clock.now();
    this.#cancelAlarm ??= this.#clock.at(this.#bucket?.nextAt(now) ?? now, () => {
      this.#cancelAlarm = undefined;
      this.#proceed();
    });
  }
}
