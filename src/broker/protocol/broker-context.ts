import type { Credentials } from "../access/credentials.ts";
import type { BrokerLimits } from "../limits.ts";
import type { MemoryBudget } from "../node/memory-budget.ts";
import type { Topics } from "../node/topics.ts";
import type { Tally } from "../tally.ts";
import type { RheaContainer } from "./rhea-internals.ts";

/** What all connections of one broker share. */
export interface BrokerContext {
  readonly credentials: Credentials;
  readonly limits: BrokerLimits;
  readonly topics: Topics;
  readonly budget: MemoryBudget;
  readonly tally: Tally;
  readonly container: RheaContainer;
  /** What the broker tells about itself in its `open`. */
  readonly properties: Readonly<Record<string, string>>;
}
