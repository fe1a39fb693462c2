import type { Clock } from "../../clock.ts";
import type { Tally } from "../../tally.ts";
import type { MemoryBudget } from "../memory-budget.ts";
import type { TakeDeadLetter } from "./dead-letter.ts";
import type { QueueDisk } from "./queue-disk.ts";
import type { QueueOptions } from "./queue-options.ts";

/** What a queue needs of its broker. */
export interface QueueContext {
  /** Names it in messages for people, such as `queue "jobs"`. */
  readonly name: string;
  readonly options: QueueOptions;
  readonly clock: Clock;
  readonly tally: Tally;
  /** Undefined: what is given up is gone, and counted. */
  readonly onDeadLetter?: TakeDeadLetter | undefined;
  /** Nothing is in it any more. */
  readonly onEmpty?: (() => void) | undefined;
  /** Undefined: its messages are in memory only. */
  readonly durable?: DurableQueue | undefined;
}

/** What a queue needs whose messages are on disk. */
export interface DurableQueue {
  readonly disk: QueueDisk;
  /** For what is read back. */
  readonly budget: MemoryBudget;
}
