import type { Stall } from "./connection-events.ts";
import type { PendingSends } from "./pending-sends.ts";
import { Watchdog } from "./watchdog.ts";

/** Notices that the broker does not answer what was sent, or takes nothing of what waits, for one to two times the given time. */
export class SendStallWatch {
  readonly #sends: PendingSends;
  readonly #tell: (stall: Stall) => void;
  readonly #watchdog: Watchdog;
  readonly #periodMs: number;
  #last: PendingSends["progress"];

  constructor(periodMs: number, sends: PendingSends, tell: (stall: Stall) => void) {
    this.#sends = sends;
    this.#tell = tell;
    this.#periodMs = periodMs;
    this.#last = sends.progress;
    this.#watchdog = new Watchdog(periodMs, () => this.#look());
  }

  /** The link works: whatever is under way was sent by it, and is owed an answer. */
  start(): void {
    this.#last = { waiting: 0, inFlight: 0, transferred: -1, answered: -1 };
    this.#watchdog.start();
  }

  stop(): void {
    this.#watchdog.stop();
  }

  #look(): void {
    const before = this.#last;
    const { waiting, inFlight, transferred, answered } = this.#sends.progress;
    this.#last = this.#sends.progress;
    if (answered !== before.answered) return;
    if (inFlight > 0 && before.inFlight > 0) {
      const message = `the broker has answered none of ${inFlight} events for ${this.#periodMs} ms`;
      this.#tell({ reason: "no-answer", message });
    } else if (waiting > 0 && before.waiting > 0 && transferred === before.transferred) {
      const message = `the broker has taken none of ${waiting} events that wait for ${this.#periodMs} ms: it gives no credit`;
      this.#tell({ reason: "no-credit", message });
    }
  }
}
