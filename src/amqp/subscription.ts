import type { FilterWish } from "./placement/index.ts";

/** What the broker keeps for a consumer. */
export interface Subscription {
  /** Name of a subscription that collects events while the consumer is away. */
  readonly durable?: string | undefined;
  /** Name of a subscription whose events are divided among its consumers. */
  readonly shared?: string | undefined;
  /** What of its events is wanted; default: all. */
  readonly wish?: FilterWish | undefined;
}
