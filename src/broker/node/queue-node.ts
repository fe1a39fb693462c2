import type { MessageStore } from "../store/message-store.ts";
import { ConsumerFilters } from "./filter/consumer-filters.ts";
import { full, handOut } from "./hand-out.ts";
import type { Published } from "./hand-out.ts";
import type { MemoryBudget } from "./memory-budget.ts";
import type { MessageView } from "./message/message-view.ts";
import type { Queue } from "./queue/queue.ts";
import { QueueConsumers } from "./queue-consumers.ts";
import { StoredMessage } from "./stored-message.ts";
import { fullBroker } from "./topic/topic.ts";

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

  publish(message: MessageView, now: number): Published | Promise<Published> {
    const reason = this.queue.fullFor(message.bytes.length);
    if (reason !== undefined) return full(reason);
    const stored = StoredMessage.create(message.bytes, 1, this.#budget);
    if (stored === undefined) return full(fullBroker(this.#budget));
    return handOut(stored, [this.queue], message.arrival(now), this.#store);
  }
}
