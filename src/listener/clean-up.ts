import type { XqbusError } from "../errors.ts";
import type { ListenerLogRecord } from "./listener-log.ts";
import type { CheckedListenersOptions } from "./listeners-options.ts";
import { firstNumberAt } from "./object-id.ts";
import { forgetListener, forgetOld, makeRoom, type ListenerStore } from "./store/index.ts";

/** What events fill of their room when enough of the old records is gone that made it full. */
const SHARE_WITH_ROOM = 0.9;

/** Deletes from the store what is too old, now and then, and the rows of listeners that are gone. */
export class CleanUp {
  readonly #store: ListenerStore;
  readonly #options: CheckedListenersOptions;
  readonly #onLog: (record: ListenerLogRecord) => void;
  #work: Promise<void> = Promise.resolve();
  /** The part of it that another process may have to do. */
  #looking: Promise<void> = Promise.resolve();
  #cancelAlarm: (() => void) | undefined;
  #isStopped = false;
  /** Whether it looks now and then; not when this is the task of another process. */
  #isOn = false;
  #isMakingRoom = false;
  /** Whether it was said that there is nothing that could go. */
  #isFullTold = false;

  constructor(store: ListenerStore, options: CheckedListenersOptions, onLog: (record: ListenerLogRecord) => void) {
    this.#store = store;
    this.#options = options;
    this.#onLog = onLog;
  }

  /** Looks now, and then every `cleanUpEveryMs`. */
  start(): void {
    const { clock, cleanUpEveryMs } = this.#options;
    if (this.#isStopped) return;
    this.#isOn = true;
    this.#cancelAlarm = clock.at(clock.now() + cleanUpEveryMs, () => this.start());
    this.#do(() => (this.#looking = this.#forgetOld()));
  }

  /** Deletes the rows of a listener behind its back. */
  forgetListener(number: number): void {
    this.#do(() => forgetListener(this.#store, number, () => !this.#isStopped));
  }

  /** There is no room for more events: the oldest records of what is done go before their time. */
  makeRoom(): void {
    if (this.#isMakingRoom || this.#isStopped) return;
    this.#isMakingRoom = true;
    this.#do(async () => {
      try {
        const count = await makeRoom(this.#store, SHARE_WITH_ROOM, () => !this.#isStopped);
        if (count === 0 && this.#isFullTold) return;
        this.#isFullTold = count === 0;
        const message =
          count > 0
            ? `listeners.db was full: ${count} records of what is done are gone before their time; raise max_bytes, or keep them shorter`
            : "listeners.db is full of what waits and of dead letters: events wait on the bus until there is room, or max_bytes is raised";
        this.#onLog({ level: "warn", message, code: "xqbus:store-full" });
      } finally {
        this.#isMakingRoom = false;
      }
    });
  }

  /** Resolves when nothing is being deleted. */
  idle(): Promise<void> {
    return this.#work;
  }

  /** Ends with the step that is being taken, and looks no more until the next start. Rows of listeners that are gone are deleted all the same. */
  async pause(): Promise<void> {
    this.#isOn = false;
    this.#cancelAlarm?.();
    await this.#looking.catch(() => undefined);
  }

  /** Ends with the step that is being taken. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#cancelAlarm?.();
    await this.#work;
  }

  #do(task: () => Promise<void>): void {
    this.#work = this.#work.then(task).catch(({ code, message }: XqbusError) => {
      if (!this.#isStopped) this.#onLog({ level: "error", message: `old records stay: ${message}`, code });
    });
  }

  async #forgetOld(): Promise<void> {
    const { clock, keepDeliveriesMs, keepBodiesMs, keepDeadLettersMs } = this.#options;
    const now = clock.now();
    const horizon = {
      deliveries: firstNumberAt(now - keepDeliveriesMs),
      bodies: firstNumberAt(now - keepBodiesMs),
      deadLetters: firstNumberAt(now - keepDeadLettersMs),
    };
    const { deadLetters, deliveries } = await forgetOld(this.#store, horizon, () => this.#isOn && !this.#isStopped);
    if (deadLetters > 0) {
      const message = `${deadLetters} dead letters were older than they are kept, and are gone`;
      this.#onLog({ level: "warn", message });
    }
    if (deliveries > 0) this.#onLog({ level: "debug", message: `${deliveries} old deliveries are gone` });
  }
}
