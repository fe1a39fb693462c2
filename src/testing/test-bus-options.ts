import type { BrokerLimits, BrokerOptions } from "../broker/index.ts";
import type { Catalog } from "../schema/index.ts";

/** A bus for one test. All of it is optional. */
export interface TestBusOptions {
  /** The domain of {@link TestBus.url}; default `org.clacks`. */
  readonly domain?: string;
  /**
   * What the bus's own publisher and consumers validate against, and the filters of expectations are checked with. Default: as
   * without a bus, publishers take the catalog of the default directories, and consumers none.
   */
  readonly catalog?: Catalog | Promise<Catalog>;
  /** False: {@link TestBus.send} takes every well-formed event. Default true. */
  readonly validate?: boolean;
  /** Namespace of the unprefixed element names in filters that are given as text. Default: none. */
  readonly defaultElementNamespace?: string;
  /** What the bus's clock shows first, ms since 1970. Default: the time of the machine, where the clock then stands still. */
  readonly now?: number;
  /** The broker's options: limits, users, `unrouted`, `onPublish`. */
  readonly broker?: Partial<BrokerLimits> & Pick<BrokerOptions, "users" | "unrouted" | "onPublish">;
}

/** How long an expectation waits. */
export interface ExpectOptions {
  /** Ms of the machine's time, not of the bus's. */
  readonly timeoutMs?: number;
  /** Ends the wait early with `xqbus:aborted`. */
  readonly signal?: AbortSignal;
}
