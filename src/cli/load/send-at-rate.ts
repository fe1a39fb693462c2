import { XqbusError } from "../../errors.ts";
import type { Event } from "../../event/index.ts";
import { MACHINE_CLOCK } from "./load-clock.ts";
import { paced } from "./paced.ts";

/** What is sent, how, and how often. */
export interface RateSending {
  /** As many as are to be sent, or without an end. */
  readonly events: Iterator<Event, undefined>;
  readonly send: (event: Event) => Promise<void>;
  readonly perSecond: number;
  readonly count: number;
  readonly signal: AbortSignal;
  /** Hears of each event that could not be sent. */
  readonly onRefused: (error: XqbusError) => void;
}

/** What has become of the events. */
export interface RateTotals {
  /** Events that were begun. */
  readonly sent: number;
  readonly accepted: number;
  readonly refused: number;
  readonly seconds: number;
}

/** Events on their way to the broker at a rate of their own. */
export class RateSender {
  readonly #start = MACHINE_CLOCK.now();
  #sent = 0;
  #accepted = 0;
  #refused = 0;

  get totals(): RateTotals {
    const seconds = (MACHINE_CLOCK.now() - this.#start) / 1_000_000;
    return { sent: this.#sent, accepted: this.#accepted, refused: this.#refused, seconds };
  }

  /**
   * Resolves when every event that was begun has its outcome; the signal ends the beginning of others.
   *
   * @throws what goes wrong besides the outcome of an event, such as making it
   */
  async run({ events, send, onRefused, signal, ...pace }: RateSending): Promise<void> {
    const failure = new AbortController();
    const begin = async (): Promise<void> => {
      try {
        const { value: event } = events.next();
        if (event === undefined) return;
        this.#sent++;
        await send(event);
        this.#accepted++;
      } catch (error) {
        if (!(error instanceof XqbusError)) return failure.abort(error);
        this.#refused++;
        onRefused(error);
      }
    };
    await paced(begin, { ...pace, start: this.#start, signal: AbortSignal.any([signal, failure.signal]) });
    failure.signal.throwIfAborted();
  }
}
