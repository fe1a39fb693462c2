import { assertInteger } from "../assert-option.ts";
import { systemClock, type Clock } from "../clock.ts";
import type { Database } from "../database/index.ts";
import { XqbusError } from "../errors.ts";
import type { ClusterTables } from "./tables.ts";

/** How a process is a member of the others of its bus. Times are in ms. */
export interface ClusterOptions {
  /** With the tables of {@link CLUSTER_MIGRATIONS}. */
  readonly database: Database<ClusterTables>;
  /** The domain that all of them are for; a database has one. */
  readonly domain: string;
  /** Of this package, for people who look whether all are of one. */
  readonly release: string;
  /** From one word that this process lives to the next. Default 1000. */
  readonly heartbeatMs?: number;
  /** A process that said nothing for so long is gone, and its leases with it. At least three heartbeats. Default 5000. */
  readonly goneAfterMs?: number;
  /** How long a change waits for all living processes to apply it. Default 10000. */
  readonly applyTimeoutMs?: number;
  /** Told what does not work, once until it works again or something else does not. Default: nobody is. */
  readonly onProblem?: (error: XqbusError) => void;
  /** Told when living processes begin to be of different releases, with what they are of, and when they are of one again. Default: nobody is. */
  readonly onReleases?: (releases: readonly string[]) => void;
  /** Default: the machine's. */
  readonly clock?: Clock;
}

/** All options, checked. */
export type CheckedClusterOptions = Required<ClusterOptions>;

const DEFAULT_HEARTBEAT_MS = 1000;
const DEFAULT_GONE_AFTER_MS = 5000;
const DEFAULT_APPLY_MS = 10_000;
const LEAST_HEARTBEATS = 3;
const MAX_MS = 3_600_000;

/** @throws XqbusError `xqbus:illegal-argument` */
export function checkedClusterOptions(options: ClusterOptions): CheckedClusterOptions {
  const { heartbeatMs = DEFAULT_HEARTBEAT_MS, goneAfterMs = DEFAULT_GONE_AFTER_MS } = options;
  assertInteger(heartbeatMs, "heartbeatMs", 1, MAX_MS);
  assertInteger(goneAfterMs, "goneAfterMs", LEAST_HEARTBEATS * heartbeatMs, MAX_MS);
  const { applyTimeoutMs = DEFAULT_APPLY_MS } = options;
  assertInteger(applyTimeoutMs, "applyTimeoutMs", 1, MAX_MS);
  if (options.domain === "") throw new XqbusError("xqbus:illegal-argument", "domain is empty; expected a name");
  return {
    ...{ onProblem: () => undefined, onReleases: () => undefined, clock: systemClock({ keepsProcessAlive: false }) },
    ...options,
    ...{ heartbeatMs, goneAfterMs, applyTimeoutMs },
  };
}
