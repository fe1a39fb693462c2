import { assertInteger } from "../assert-option.ts";
import type { ConnectOptions } from "../amqp/index.ts";
import type { XqbusError } from "../errors.ts";
import type { Catalog } from "../schema/index.ts";
import { resolveXmlLimits } from "../xml/index.ts";
import { ALONE, type Leases } from "../leases.ts";
import { GROUP_INTERVAL_MS } from "./group.ts";
import type { RouterDatabase } from "./tables.ts";

/** What a router is made of. */
export interface RouterOptions {
  /** The bus. */
  readonly url: string | readonly string[];
  readonly connect?: ConnectOptions;
  readonly catalog: Catalog;
  /** Stays open when the router is stopped. */
  readonly database: RouterDatabase;
  /** What divides work among processes. Default: this one is alone. */
  readonly leases?: Leases;
  /** Name of the shared durable subscription. Default `<domain>.xqbus.router`; the one for routes with order has `.ordered` behind it. */
  readonly subscription?: string;
  /** Further subscriptions that all daemons of one database share; other groups of daemons are told. Default: none. */
  readonly otherSubscriptions?: readonly string[];
  /** Events under way at the same time. Default 200. */
  readonly concurrency?: number;
  /** Links to queues at the same time. Default 100. */
  readonly maxLinks?: number;
  /** Attempts to send one copy before it goes to the backlog. Default 3. */
  readonly attempts?: number;
  /** How long an attempt may take, in ms. Default 5,000. */
  readonly sendTimeoutMs?: number;
  /** Copies that wait for the credit of a queue that takes nothing for so long go to the backlog, in ms. Default 1,000. */
  readonly creditTimeoutMs?: number;
  /** How long copies for a queue that did not take one go to the backlog at once, in ms. Default 5,000. */
  readonly restMs?: number;
  /** Largest message. Default: that of events, and 64 KiB. */
  readonly maxMessageBytes?: number;
  /** From one question whether daemons with another database serve the domain to the next, in ms, more or less. Default 10,000. */
  readonly groupIntervalMs?: number;
  /** Hears that no such daemons were heard of any more, for 18 times as long. Default: nobody does. */
  readonly onAlone?: () => void;
  /** Hears what goes wrong behind the back of callers. */
  readonly onProblem: (error: XqbusError) => void;
}

type RouterDefault =
  | "connect"
  | "leases"
  | "otherSubscriptions"
  | "concurrency"
  | "maxLinks"
  | "attempts"
  | "sendTimeoutMs"
  | "creditTimeoutMs"
  | "restMs"
  | "maxMessageBytes"
  | "groupIntervalMs"
  | "onAlone";

/** The options with their defaults. */
export type CheckedRouterOptions = RouterOptions & Required<Pick<RouterOptions, RouterDefault>>;

const ENVELOPE_BYTES = 64 * 1024;
const DAY_MS = 24 * 60 * 60_000;

/** @throws XqbusError `xqbus:illegal-argument` naming the option */
export function checkRouterOptions(given: RouterOptions): CheckedRouterOptions {
  const options = {
    ...{ connect: {}, leases: ALONE, otherSubscriptions: [], concurrency: 200, maxLinks: 100, attempts: 3 },
    ...{ sendTimeoutMs: 5000, creditTimeoutMs: 1000, restMs: 5000 },
    maxMessageBytes: resolveXmlLimits({}).maxBytes + ENVELOPE_BYTES,
    ...{ groupIntervalMs: GROUP_INTERVAL_MS, onAlone: () => undefined },
    ...given,
  };
  assertInteger(options.concurrency, "concurrency", 1, 100_000);
  assertInteger(options.maxLinks, "maxLinks", 1, 100_000);
  assertInteger(options.attempts, "attempts", 1, 1000);
  for (const name of ["sendTimeoutMs", "creditTimeoutMs", "restMs", "groupIntervalMs"] as const)
    assertInteger(options[name], name, 1, DAY_MS);
  assertInteger(options.maxMessageBytes, "maxMessageBytes", 1);
  return options;
}
