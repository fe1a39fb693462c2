import type { LinkFilters } from "../filter/link-filters.ts";
import type { SubscriptionExpiry } from "./subscription-expiry.ts";
import type { Queue } from "../queue/queue.ts";

/** One subscription of a topic: a queue that gets what its filters want. */
export interface TopicSubscription {
  /** Unique in the broker. */
  readonly key: string;
  readonly queue: Queue;
  /** Whether several links may consume from it. */
  readonly shared: boolean;
  filters: LinkFilters;
  /** Whether it stays without a link. */
  kept: boolean;
  /** When it ends without a link; undefined for never. */
  expiry?: SubscriptionExpiry;
  /** Links that consume from it. */
  links: number;
  /** Ends each of them, because the XQuery filter has run out of its budget too often. */
  readonly onCostly: Set<() => void>;
}
