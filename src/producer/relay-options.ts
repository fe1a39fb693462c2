import type { PublisherOptions } from "../amqp/index.ts";
import { assertInteger } from "../assert-option.ts";
import type { ForeignDatabase } from "./describe-table.ts";
import type { XqbusError } from "../errors.ts";
import type { OutboxRow } from "./outbox-row.ts";

/** How a relay works. */
export interface RelayOptions {
  /** URL of the database, or one that is open, which stays so. */
  readonly database: string | ForeignDatabase;
  /** URL of the bus, or several. */
  readonly bus: string | readonly string[];
  /** How it is connected to the bus; `catalog` is what events are made and validated by. */
  readonly publisher?: Omit<PublisherOptions, "journal" | "validate">;
  /** Rows that are read, and events that are under way, at a time. Default 100. 1: none overtakes one that the broker refuses for the moment. */
  readonly batch?: number;
  /** Time from one look to the next where nothing wakes it, in ms. Default: SQLite 250, PostgreSQL 5000, which wakes it. */
  readonly pollMs?: number;
  /** Time to the next attempt after something failed, in ms. Default 1000. */
  readonly retryMs?: number;
  /** Attempts for an event that the broker refuses for good, after which it is parked. Default 5. */
  readonly maxAttempts?: number;
  /** Characters of one row at most; a larger one is parked. Default 4 Mi. */
  readonly maxRowSize?: number;
  /** Ends when there is nothing left to publish. Default false. */
  readonly once?: boolean;
  /** Waits also for what does not change by itself: an outbox that is not installed, a login that is refused. Default false. */
  readonly keepsTrying?: boolean;
  /** Told when the state changes: it works, another relay works, or why nothing goes on. */
  readonly onState?: (state: RelayState) => void;
  /** Told of each event that is parked. */
  readonly onParked?: (row: Pick<OutboxRow, "id" | "message_id" | "routing_key">, reason: string) => void;
}

/** Where a relay stands. */
export type RelayState =
  | { readonly kind: "starting" | "working" | "standby" | "closed" }
  /** It tries again by itself. */
  | { readonly kind: "failing"; readonly error: XqbusError };

/** What a relay has done. */
export interface RelayCounts {
  /** Events that the broker has accepted, repetitions included. */
  readonly published: number;
  readonly parked: number;
}

/** The options with their defaults. */
export type CheckedRelayOptions = RelayOptions &
  Required<Pick<RelayOptions, "batch" | "retryMs" | "maxAttempts" | "maxRowSize" | "once" | "keepsTrying">>;

const MAX_BATCH = 1000;

/** @throws XqbusError `xqbus:illegal-argument` naming the option that cannot be used */
export function checkRelayOptions(options: RelayOptions): CheckedRelayOptions {
  const checked = {
    ...{ batch: 100, retryMs: 1_000, maxAttempts: 5, maxRowSize: 4 * 1024 * 1024, once: false },
    keepsTrying: false,
    ...options,
  };
  assertInteger(checked.batch, "batch", 1, MAX_BATCH);
  assertInteger(checked.retryMs, "retryMs", 1);
  assertInteger(checked.maxAttempts, "maxAttempts", 1);
  assertInteger(checked.maxRowSize, "maxRowSize", 1);
  if (checked.pollMs !== undefined) assertInteger(checked.pollMs, "pollMs", 1);
  return checked;
}
