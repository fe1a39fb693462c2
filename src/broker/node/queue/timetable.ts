import type { Clock } from "../../clock.ts";
import { Alarm } from "./alarm.ts";
import { Deadlines } from "./deadlines.ts";
import type { Entry } from "./entry.ts";

/** What happens to messages at their times. */
export interface TimetableCalls {
  /** The message need not wait any longer. */
  readonly onAvailable: (entry: Entry) => void;
  /** The message's time is over. */
  readonly onExpired: (entry: Entry) => void;
  /** After all that was due. */
  readonly onPassed: (now: number) => void;
}

/** When messages of a queue become available and when their time is over, with one timer for all of them. */
export class Timetable {
  readonly #clock: Clock;
  readonly #calls: TimetableCalls;
  readonly #expiries = new Deadlines<Entry>((entry) => entry.state !== "gone");
  readonly #delays = new Deadlines<Entry>((entry) => entry.state === "delayed");
  readonly #delayed = new Set<Entry>();
  readonly #alarm: Alarm;
  #stopped = false;

  constructor(clock: Clock, calls: TimetableCalls) {
    this.#clock = clock;
    this.#calls = calls;
    this.#alarm = new Alarm(clock, () => this.#onAlarm());
  }

  /** Messages that wait for their time. */
  get delayed(): ReadonlySet<Entry> {
    return this.#delayed;
  }

  /** Notes a message's times; gives whether it has to wait. */
  add(entry: Entry, deliverAt: number | undefined): boolean {
    if (entry.expiresAt !== undefined) this.#expiries.add(entry.expiresAt, entry);
    const waits = deliverAt !== undefined && deliverAt > this.#clock.now();
    if (waits) {
      this.#delayed.add(entry);
      this.#delays.add(deliverAt, entry);
    }
    return waits;
  }

  /** A message goes; to be called before its state says so. */
  remove(entry: Entry): void {
    if (this.#delayed.delete(entry)) this.#delays.drop();
    if (entry.expiresAt !== undefined) this.#expiries.drop();
  }

  /** Sets the timer; `time`: when something else is due. */
  set(time: number | undefined): void {
    if (this.#stopped) return;
    this.#alarm.set(this.#delays.first);
    this.#alarm.set(this.#expiries.first);
    this.#alarm.set(time);
  }

  stop(): void {
    this.#stopped = true;
    this.#alarm.stop();
  }

  #onAlarm(): void {
    const now = this.#clock.now();
    for (const entry of this.#delays.due(now)) {
      this.#delayed.delete(entry);
      this.#calls.onAvailable(entry);
    }
    for (const entry of this.#expiries.due(now)) this.#calls.onExpired(entry);
    this.#calls.onPassed(now);
  }
}
