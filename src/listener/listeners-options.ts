import { assertFunction, assertInteger, illegalOption } from "../assert-option.ts";
import type { ConnectOptions } from "../amqp/index.ts";
import { systemClock, type Clock } from "../clock.ts";
import type { Cluster } from "../cluster/index.ts";
import type { Database } from "../database/index.ts";
import type { Event } from "../event/index.ts";
import type { Catalog } from "../schema/index.ts";
import type { ListenerLogRecord } from "./listener-log.ts";
import type { AttemptReport, ArrivalReport, AttemptTracer } from "./listener-reports.ts";
import type { NotifierSettings } from "./notifier-settings.ts";
import type { NotifierType } from "./notifier.ts";
import { traceAttempt } from "./trace-deliveries.ts";

/** The processes that have the same listeners. */
export interface SharedListenersOptions {
  /** Of a database of PostgreSQL. */
  readonly url: string;
  readonly cluster: Cluster;
  /** That of the cluster. */
  readonly database: Pick<Database<unknown>, "signal" | "hear">;
  /** From one count of what waits to the next, in ms. Default 5000. */
  readonly recountMs?: number;
}

/** What the listeners of a daemon are made of, and their bounds. Times are in ms. */
export interface ListenersOptions {
  /** The bus that the events come from; with an embedded broker an in-process URL. */
  readonly url: string | readonly string[];
  /** How to reach it: TLS, login, time-outs. */
  readonly connect?: Omit<ConnectOptions, "signal" | "containerId">;
  /**
   * Name of the durable subscription on the bus; each store of listeners needs one of its own, as a bus gives each event to
   * one of those that share a name. Default: `xqbus.listeners.` and ten hexadecimal digits that belong to `listeners.db`; with `shared`
   * `<domain>.xqbus.listeners`.
   */
  readonly subscription?: string;
  readonly catalog: Catalog;
  /** An existing folder, in which `listeners.db` is kept. */
  readonly folder: string;
  /** With it the listeners are those of all processes of the bus, in PostgreSQL instead of `folder`. Default: of this process only. */
  readonly shared?: SharedListenersOptions;
  readonly notifierTypes: readonly NotifierType[];
  readonly settings: NotifierSettings;
  /** Sends an event of the listeners themselves, `ListenerDisabled`. What it throws is logged. Default: nothing is sent. */
  readonly publish?: (event: Event) => Promise<void>;

  /** Listeners that there may be. Default 1000. */
  readonly maxListeners?: number;
  /**
   * Largest size of `listeners.db` in bytes. Events may fill 85 % of it; then the oldest records of what is done go before their time,
   * and when there are none, events stay on the bus. Default: the disk.
   */
  readonly maxBytes?: number;
  /** Events that are taken from the bus and not on disk yet. Default 500. */
  readonly maxArriving?: number;

  /** How long opening or closing a notifier may take. Default 10,000. */
  readonly openTimeoutMs?: number;

  /** Failures in a row that open the circuit breaker of a listener. Default 10. */
  readonly breakerFailures?: number;
  /** From its opening to the first probe; each failed probe doubles it, up to `breakerMaxProbeMs`. Default 60,000. */
  readonly breakerProbeMs?: number;
  /** The longest time between probes, at least `breakerProbeMs`. Default 900,000 (15 min). */
  readonly breakerMaxProbeMs?: number;
  /** A listener that is broken for so long disables itself. Default 5 days. */
  readonly disableAfterMs?: number;

  /** How long the record of what was delivered is kept. Default 30 days. */
  readonly keepDeliveriesMs?: number;
  /** How long the bodies of events are kept that were delivered to all: they can be sent again so long. At most `keepDeliveriesMs`. Default 7 days. */
  readonly keepBodiesMs?: number;
  /** How long dead letters are kept that nobody deletes. Default 90 days. */
  readonly keepDeadLettersMs?: number;
  /** How often what is too old is looked for. Default 1 hour. */
  readonly cleanUpEveryMs?: number;
  /** How often what was counted is stored, if there is something new: what a process that is killed has not stored is lost. Default 1000. */
  readonly writeCountsMs?: number;

  /** Hears what happens, without bodies and secrets. */
  readonly onLog?: (record: ListenerLogRecord) => void;
  /** Hears of each event that was wanted, when it is on disk. */
  readonly onArrival?: (report: ArrivalReport) => void;
  /** Hears of each attempt when it is over. */
  readonly onAttempt?: (report: AttemptReport) => void;
  /** Stands around each attempt, for traces. Default: spans of OpenTelemetry (`docs/telemetry.md`). */
  readonly traceAttempt?: AttemptTracer;
  /** Default: the time of this machine. */
  readonly clock?: Clock;
  /** Chance for the jitter of retries, from 0 to less than 1. Default Math.random. */
  readonly random?: () => number;
}

/** The options with their defaults. */
export type CheckedListenersOptions = Required<
  Omit<ListenersOptions, "subscription" | "maxBytes" | "shared" | "publish" | "onLog" | "onArrival" | "onAttempt">
> &
  Pick<ListenersOptions, "subscription" | "maxBytes" | "shared" | "publish" | "onLog" | "onArrival" | "onAttempt">;

const DAY_MS: number = 24 * 60 * 60 * 1000;
const MAX_MS: number = 3650 * DAY_MS;

const DEFAULTS = {
  connect: {},
  maxListeners: 1000,
  maxArriving: 500,
  openTimeoutMs: 10_000,
  breakerFailures: 10,
  breakerProbeMs: 60_000,
  breakerMaxProbeMs: 15 * 60_000,
  disableAfterMs: 5 * DAY_MS,
  keepDeliveriesMs: 30 * DAY_MS,
  keepBodiesMs: 7 * DAY_MS,
  keepDeadLettersMs: 90 * DAY_MS,
  cleanUpEveryMs: 60 * 60_000,
  writeCountsMs: 1000,
  traceAttempt,
} as const;

/** @throws XqbusError `xqbus:illegal-argument` naming the option and what would be right */
export function checkListenersOptions(options: ListenersOptions): CheckedListenersOptions {
  const given = Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
  const checked: CheckedListenersOptions = {
    ...DEFAULTS,
    clock: systemClock({ keepsProcessAlive: false }),
    random: Math.random,
    ...(given as unknown as ListenersOptions),
  };
  if (typeof checked.folder !== "string" || checked.folder === "") throw illegalOption("folder must be a path");
  assertInteger(checked.maxListeners, "maxListeners", 1, 100_000);
  assertInteger(checked.maxArriving, "maxArriving", 1, 10_000);
  if (checked.maxBytes !== undefined) assertInteger(checked.maxBytes, "maxBytes", 65_536);
  assertInteger(checked.breakerFailures, "breakerFailures", 1, 1_000_000);
  assertInteger(checked.breakerProbeMs, "breakerProbeMs", 1, MAX_MS);
  assertInteger(checked.breakerMaxProbeMs, "breakerMaxProbeMs", 1, MAX_MS);
  assertInteger(checked.keepBodiesMs, "keepBodiesMs", 0, MAX_MS);
  for (const name of [
    "openTimeoutMs",
    "disableAfterMs",
    "keepDeliveriesMs",
    "keepDeadLettersMs",
    "cleanUpEveryMs",
    "writeCountsMs",
  ] as const) {
    assertInteger(checked[name], name, 1, MAX_MS);
  }
  for (const name of ["publish", "onLog", "onArrival", "onAttempt", "traceAttempt"] as const) {
    if (checked[name] !== undefined) assertFunction(checked[name], name);
  }
  return checked;
}
