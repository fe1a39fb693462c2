import type { MessageStore } from "../store/message-store.ts";
import { ConsumerFilters } from "./filter/consumer-filters.ts";
import { intoQueues } from "./hand-out.ts";
import type { Published, Repetition } from "./hand-out.ts";
import type { MemoryBudget } from "./memory-budget.ts";
import type { MessageView } from "./message/message-view.ts";
import type { Queue } from "./queue/queue.ts";
import { QueueConsumers } from "./queue-consumers.ts";

/** A node whose consumers share its messages. */
export class QueueNode {
  readonly kind = "queue" as const;
  readonly address: string;
  readonly queue: Queue;
  readonly consumers: QueueConsumers = new QueueConsumers();
  /** Those of consumers and browsers. */
  readonly filters: ConsumerFilters = new ConsumerFilters();
  readonly #budget: MemoryBudget;
  readonly #store: MessageStore | undefined;

  /** @param store where the queue has its messages if it is durable */
  constructor(address: string, queue: Queue, budget: MemoryBudget, store?: MessageStore) {
    this.#store = store;
    this.address = address;
    this.queue = queue;
    this.#budget = budget;
  }

  /** Whether nothing would be lost without it. */
  get isIdle(): boolean {
    return this.queue.messages === 0;
  }

  publish(message: MessageView, now: number, again?: Repetition): Published | Promise<Published> {
    return intoQueues(message, [this.queue], { now, again, budget: this.#budget, store: this.#store });
  }

  /** Whether it takes the message, as far as there is room. */
  isFor(): boolean {
    return true;
  }
}
