import { XqbusError } from "../errors.ts";
import type { ForeignDatabase } from "./describe-table.ts";
import { openRelay, type Relay } from "./relay.ts";
import type { RelayCounts, RelayOptions, RelayState } from "./relay-options.ts";

/** Relays of several databases. */
export interface RelaysOptions extends Pick<
  RelayOptions,
  "bus" | "publisher" | "batch" | "pollMs" | "retryMs" | "maxAttempts" | "maxRowSize"
> {
  /** URLs by the names of the databases. */
  readonly databases: Readonly<Record<string, string>>;
  /** Told when the state of one changes. */
  readonly onState?: (database: string, state: RelayState) => void;
  /** Told of each event that is parked. */
  readonly onParked?: (database: string, messageId: string, reason: string) => void;
}

/** One database, and what its relay has done since it was started. */
export interface RelayReport {
  readonly database: string;
  readonly state: RelayState["kind"];
  /** Why it fails. */
  readonly error: string | undefined;
  readonly counts: RelayCounts;
}

/** One relay for each of several databases, which wait for whatever is away: a database, the broker, an outbox that is not installed yet. */
export class Relays {
  readonly #options: RelaysOptions;
  readonly #relays: ReadonlyMap<string, Relay>;

  /** Starts them. @throws XqbusError `xqbus:illegal-argument`, `xqbus:invalid-url` */
  constructor(options: RelaysOptions) {
    this.#options = options;
    this.#relays = new Map(Object.entries(options.databases).map(([name, url]) => [name, this.#start(name, url)]));
  }

  /** By name, as they were given. */
  list(): readonly RelayReport[] {
    return [...this.#relays.keys()].map((database) => this.report(database));
  }

  /** @throws XqbusError `xqbus:resource-not-found` */
  report(database: string): RelayReport {
    const { state, counts } = this.#relay(database);
    const error = state.kind === "failing" ? state.error.message : undefined;
    return { database, state: state.kind, error, counts };
  }

  /**
   * Does something with a database.
   *
   * @throws XqbusError `xqbus:resource-not-found`, and the codes of databases
   */
  async use<T>(database: string, work: (database: ForeignDatabase) => Promise<T>): Promise<T> {
    return this.#relay(database).use(work);
  }

  /** Ends all, see `Relay.close`. Idempotent. */
  async close(): Promise<void> {
    await Promise.all([...this.#relays.values()].map((relay) => relay.close()));
  }

  #start(name: string, database: string): Relay {
    const { onState, onParked } = this.#options;
    return openRelay({
      ...this.#options,
      ...{ database, keepsTrying: true },
      onState: (state) => onState?.(name, state),
      onParked: ({ message_id: messageId }, reason) => onParked?.(name, messageId, reason),
    });
  }

  #relay(database: string): Relay {
    const relay = this.#relays.get(database);
    if (relay !== undefined) return relay;
    const names = [...this.#relays.keys()].join(", ");
    throw new XqbusError("xqbus:resource-not-found", `there is no relay of ${database}; there are ${names || "none"}`);
  }
}
