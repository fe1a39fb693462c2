import type { StatedOrder } from "../amqp/index.ts";
import type { FilterLanguage } from "../filter/index.ts";

/** Which events a subscription of the router wants, and in what order. */
export interface RouteInput {
  /** The filter; without it every event is wanted. */
  readonly xquery?: string;
  /** How the filter is to be read. Default `xquery`. */
  readonly language?: FilterLanguage;
  /** Pattern of the routing keys that are wanted: `*` is a word, `#` any number of them. Default: all. */
  readonly routingKey?: string;
  /** Prefixes that the filter may use. Default: those of all filters. */
  readonly namespaces?: Readonly<Record<string, string>>;
  /** Namespace of unprefixed element names. Default: none. */
  readonly defaultElementNamespace?: string;
  /** Events of the same key come in their order. Default: none has a key. */
  readonly orderBy?: StatedOrder;
}

/** A subscription of the router: events that match go to its queue. Times are ms since 1970. */
export interface Route extends RouteInput {
  readonly name: string;
  /** Where its events go: `<domain>.sub.<name>`. */
  readonly queue: string;
  /** 1 as long as it wants what it wanted from the beginning, and its queue has nothing of a route before it. */
  readonly revision: number;
  readonly createdAt: number;
  readonly updatedAt: number;
}

/** What a change of a route does. */
export interface RouteChange {
  readonly route: Route;
  readonly change: "created" | "changed" | "unchanged";
}

/** What can become of a route. */
export type RouteChangeKind = RouteChange["change"] | "ended";

/** What the end of a route has thrown away, or would. */
export interface RouteEnd {
  readonly name: string;
  readonly queue: string;
  /** Messages that waited in its queue; undefined where that was not looked at, or the queue could not be emptied. */
  readonly inQueue: number | undefined;
  /** Messages that waited for the queue to take them. */
  readonly inBacklog: number;
}
