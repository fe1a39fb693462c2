import type { RoutingPattern } from "./routing-patterns.ts";
import type { ShapeUse } from "./shape-cache.ts";

/** One subscription, as the index keeps it. */
export interface Subscription {
  readonly id: string;
  /** Its number; numbers of removed ones are given out again. */
  readonly handle: number;
  readonly use: ShapeUse;
  readonly literals: readonly string[];
  readonly pattern: RoutingPattern | undefined;
  isQuarantined: boolean;
}

/** What went wrong when a filter was evaluated; each time the subscription did not match. */
export interface SubscriptionErrors {
  readonly count: number;
  /** How often the evaluation ran out of its budget. */
  readonly overBudget: number;
  /** The first error: a QueryError, or the end of the call stack. */
  readonly first: Error;
  /** The filter ran out of its budget too often, and is not evaluated any more until it is replaced. */
  readonly isQuarantined: boolean;
}
