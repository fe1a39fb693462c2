import type { LoginRules } from "../access/login-rules.ts";
import type { ClientLog } from "../client-log.ts";
import type { BrokerLimits } from "../limits.ts";
import type { MemoryBudget } from "../node/memory-budget.ts";
import type { Tally } from "../tally.ts";
import type { LinkRegistry } from "./link-registry.ts";
import type { Nodes } from "./nodes.ts";
import type { TickQueue } from "./tick-queue.ts";

/** What all connections of one broker share. */
export interface BrokerContext {
  readonly login: LoginRules;
  readonly limits: BrokerLimits;
  /** Is told of what clients do wrong. */
  readonly log: ClientLog;
  readonly nodes: Nodes;
  readonly budget: MemoryBudget;
  readonly tally: Tally;
  readonly links: LinkRegistry;
  readonly ticks: TickQueue;
  /** What every connection tells as the container's name. */
  readonly containerId: string;
  /** What the broker offers in its `open`, such as `ANONYMOUS-RELAY`. */
  readonly capabilities: readonly string[];
  /** What the broker tells about itself in its `open`. */
  readonly properties: Readonly<Record<string, string>>;
  /** Where the broker's transfer ids, delivery ids and delivery counts start; any number will do. */
  readonly firstId: number;
}
