import type { FilterWish } from "./placement/index.ts";

/** What the broker keeps for a consumer. */
export interface Subscription {
  /** Name of a subscription that collects events while the consumer is away. */
  readonly durable?: string | undefined;
  /** Name of a subscription whose events are divided among its consumers. */
  readonly shared?: string | undefined;
  /** What of its events is wanted; default: all. */
  readonly wish?: FilterWish | undefined;
  /** The queue where a router puts its events, instead of a subscription of the topic. */
  readonly routed?: RoutedQueue | undefined;
  /** Why it has none. */
  readonly unrouted?: string | undefined;
}

/** A queue with events that somebody else has filtered. */
export interface RoutedQueue {
  readonly queue: string;
  /** Whether all that waits there was chosen by this very filter. */
  readonly isExact: boolean;
  /** The id of the group of daemons that fills it. */
  readonly group?: string | undefined;
  /** Why no router was asked for it now. */
  readonly unasked?: string;
}

/** Name of the service of a domain that daemons offer; its requests are at `<domain>.command.xqbus`. */
export const ROUTER_SERVICE = "xqbus";

/** The queue where a router puts the events of a subscription. */
export function routerQueue(domain: string, name: string): string {
  return `${domain}.sub.${name}`;
}
