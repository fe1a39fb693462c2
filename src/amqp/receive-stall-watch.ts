import type { Stall } from "./connection-events.ts";
import type { ReceiverProgress } from "./receiver-link.ts";
import { Watchdog } from "./watchdog.ts";

/** What is watched: a receiver's link. */
export interface WatchedLink {
  readonly progress: ReceiverProgress;
  /** Asks the broker how it sees the link. */
  ask(): void;
}

/**
 * Notices a link that is attached and dead, for one to three times the given time. Silence alone says nothing of a topic, so the broker
 * is asked how it sees the link. One that never answers such questions is not judged by them.
 */
export class ReceiveStallWatch {
  readonly #tell: (stall: Stall) => void;
  readonly #watchdog: Watchdog;
  readonly #periodMs: number;
  #link: WatchedLink | undefined;
  #last: ReceiverProgress | undefined;
  #toldOfCallbacks = false;

  constructor(periodMs: number, tell: (stall: Stall) => void) {
    this.#tell = tell;
    this.#periodMs = periodMs;
    this.#watchdog = new Watchdog(periodMs, () => this.#look());
  }

  start(link: WatchedLink): void {
    this.#link = link;
    this.#last = undefined;
    if (this.#periodMs !== Infinity) link.ask();
    this.#watchdog.start();
  }

  stop(): void {
    this.#link = undefined;
    this.#watchdog.stop();
  }

  #look(): void {
    const before = this.#last;
    const now = this.#link?.progress;
    this.#last = now;
    if (now === undefined) return;
    const moved = before === undefined || now.received !== before.received || now.settled !== before.settled;
    if (moved) this.#toldOfCallbacks = false;
    else if (now.credit === 0 && now.unsettled > 0) this.#tellOfCallbacks(now);
    else if (now.answers > 0 && now.answers === before.answers) {
      this.#tell({
        reason: "no-answer",
        message: `the broker has not said for ${this.#periodMs} ms how it sees the link`,
      });
      return;
    } else if ((now.available ?? 0) > 0 && (before.available ?? 0) > 0) {
      const message = `the broker has ${now.available} messages and credit for ${now.credit}, and sends nothing for ${this.#periodMs} ms`;
      this.#tell({ reason: "no-delivery", message });
      return;
    }
    this.#link?.ask();
  }

  #tellOfCallbacks({ unsettled }: ReceiverProgress): void {
    if (this.#toldOfCallbacks) return;
    this.#toldOfCallbacks = true;
    const message = `${unsettled} events wait for callbacks of which none has ended for ${this.#periodMs} ms`;
    this.#tell({ reason: "callbacks", message });
  }
}
