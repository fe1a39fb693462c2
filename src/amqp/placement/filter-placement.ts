/** A filter of a receiver's link: what a broker can be asked for. */
export interface BrokerFilter {
  /** XQuery over the body, a JMS selector over properties, or a pattern of routing keys. */
  readonly kind: "xquery" | "selector" | "routing-key";
  readonly text: string;
}

/**
 * What a consumer asks of its broker: `open` for filters that no event is lost by, whoever sends; `labelled` for stricter ones, which rely on all
 * senders being publishers of this package with the same annotations; `here` for none.
 */
export type PlacementMode = "open" | "labelled" | "here";

/** Where the filter of a consumer runs, on the connection that it has. */
export interface FilterPlacement {
  /** The dialect that is spoken with the broker. */
  readonly dialect: string;
  /** What the broker says of itself: product and version. */
  readonly product: string | undefined;
  /** What the broker was asked for, the strongest first. */
  readonly asked: readonly BrokerFilter[];
  /** What of it the broker applies, as far as is known: it says so, and its product is known to keep the word. */
  readonly applied: readonly BrokerFilter[];
  /** The queue that a router of daemons fills for the consumer; undefined: there is none. */
  readonly routedQueue: string | undefined;
  /** Whether the filter itself runs in the consumer. Otherwise the broker evaluates it, exactly. */
  readonly runsHere: boolean;
  /** Why it is so: one sentence for each decision. */
  readonly reasons: readonly string[];
}
