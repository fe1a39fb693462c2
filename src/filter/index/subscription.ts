import type { XmlDocument } from "../../xml/index.ts";
import type { XqbusError } from "../../errors.ts";
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
  /** Decides on a result without effective boolean value. */
  readonly whenNoBoolean: ((document: XmlDocument) => boolean) | undefined;
  isQuarantined: boolean;
}

/** What went wrong when a filter was evaluated; each time the subscription did not match. */
export interface SubscriptionErrors {
  readonly count: number;
  /** How often the evaluation ran out of its budget. */
  readonly overBudget: number;
  /** The first error, with the code of the W3C. It has no place in the text: the index does not keep texts. */
  readonly first: XqbusError;
  /** The filter ran out of its budget too often, and is not evaluated any more until it is replaced. */
  readonly isQuarantined: boolean;
}
