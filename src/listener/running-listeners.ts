import type { XqbusError } from "../errors.ts";
import type { Listeners } from "./listeners.ts";
import type { NotifierSettings } from "./notifier-settings.ts";

/** How the listeners of a daemon do, for its health. */
export interface ListenersHealth {
  /** Whether events come from the bus; true also while nobody listens. */
  readonly isReceiving: boolean;
  /** Whether the latest event found no room in `listeners.db`, and waits on the bus. */
  readonly isFull: boolean;
  /** Why `listeners.db` cannot be used any more. */
  readonly failure: XqbusError | undefined;
}

/** The listeners of a daemon, and their life. */
export interface RunningListeners extends Listeners, AsyncDisposable {
  /** Begins to receive and to deliver. Resolves when all notifiers are open, and the bus is there or was tried once. */
  start(): Promise<void>;
  /**
   * Takes nothing new from the bus, lets attempts end that run, and closes the store. What waits is there at the next start. Idempotent.
   *
   * @param options `timeoutMs`: how long attempts may go on, default 5000
   */
  stop(options?: { readonly timeoutMs?: number }): Promise<void>;
  /** The configuration of the daemon has changed: all notifiers are opened again, with what it says now. */
  useSettings(settings: NotifierSettings): Promise<void>;
  readonly health: ListenersHealth;
  /** Name of the durable subscription that brings them events. */
  readonly subscription: string;
  /** For each listener that has some: when the oldest of its deliveries that wait was matched, about; ms since 1970. */
  oldestWaiting(): Promise<ReadonlyMap<string, number>>;
}
