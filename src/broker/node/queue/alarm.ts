import type { Clock } from "../../clock.ts";

/** One timer that is set to the earliest of the times that were asked for. */
export class Alarm {
  readonly #clock: Clock;
  readonly #ring: () => void;
  #time = Infinity;
  #cancel: () => void = () => {};

  /** @param ring may set the alarm again */
  constructor(clock: Clock, ring: () => void) {
    this.#clock = clock;
    this.#ring = ring;
  }

  /** Rings at that time at the latest. */
  set(time: number | undefined): void {
    if (time === undefined || time >= this.#time) return;
    this.#cancel();
    this.#time = time;
    this.#cancel = this.#clock.at(time, () => {
      this.#time = Infinity;
      this.#ring();
    });
  }

  stop(): void {
    this.#cancel();
    this.#time = Infinity;
  }
}
