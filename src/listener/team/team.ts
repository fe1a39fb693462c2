import type { XqbusError } from "../../errors.ts";

/** What the listeners of this process do for the others of the bus. */
export interface TeamHooks {
  /** Listeners were changed by another process: reads them again. */
  readonly reload: () => Promise<void>;
  /** This process delivers for a listener from now on. */
  readonly takeUp: (id: string) => void;
  /** Another one will. Resolves when nothing is delivered here. */
  readonly layDown: (id: string) => Promise<void>;
  /** Another process has stored deliveries of these listeners, by number; undefined: of any. */
  readonly wake: (listeners: readonly number[] | undefined) => void;
  /** It is time to count what waits. */
  readonly recount: () => Promise<void>;
  /** This process deletes what is old from now on; ends with what it gives. */
  readonly cleanUp: () => () => Promise<void>;
}

/** Who does what among the processes that have the same listeners. A process of its own does all of it. */
export interface Team {
  /** Whether what is known here of listeners is what all processes know; who is not current must leave events to others. */
  readonly isCurrent: boolean;
  /** Whether the subscription on the bus is one for all of them. */
  readonly isShared: boolean;
  /** Why the other processes cannot be heard of. */
  readonly failure: XqbusError | undefined;
  start(hooks: TeamHooks): Promise<void>;
  /** Whether this process delivers for a listener. */
  isHolder(id: string): boolean;
  /** The listeners that there are now. */
  divide(ids: Iterable<string>): Promise<void>;
  /** Listeners have changed; resolves when all processes know. */
  announce(): Promise<void>;
  /** Deliveries of these listeners were stored here. */
  tell(listeners: ReadonlySet<number>): void;
  stop(): Promise<void>;
}

/** A process of its own. */
export class Alone implements Team {
  readonly isCurrent = true;
  readonly isShared = false;
  readonly failure = undefined;
  #endCleanUp: () => Promise<void> = async () => undefined;

  async start({ cleanUp }: TeamHooks): Promise<void> {
    this.#endCleanUp = cleanUp();
  }

  isHolder(): boolean {
    return true;
  }

  async divide(): Promise<void> {
    // Nobody to divide with.
  }

  async announce(): Promise<void> {
    // Nobody to be told.
  }

  tell(): void {
    // Nobody to be told.
  }

  stop(): Promise<void> {
    return this.#endCleanUp();
  }
}
