/** Somebody who has something to do at the end of the tick. */
export interface Ticking {
  /** Must not throw. */
  tick(): void;
}

/** Runs what connections have collected once per turn of the event loop, after all sockets were read. */
export class TickQueue {
  #waiting: Ticking[] = [];

  /** Asks for one turn. Whoever asks again before it has had it gets two. */
  add(ticking: Ticking): void {
    if (this.#waiting.push(ticking) === 1) setImmediate(() => this.#run());
  }

  #run(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const ticking of waiting) ticking.tick();
  }
}
