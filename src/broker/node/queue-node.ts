import type { MemoryBudget } from "./memory-budget.ts";
import type { MessageView } from "./message/message-view.ts";
import type { Queue } from "./queue/queue.ts";
import { StoredMessage } from "./stored-message.ts";
import { fullBroker } from "./topic/topic.ts";
import type { Published } from "./topic/topic.ts";

/** A node whose consumers share its messages. */
export class QueueNode {
  readonly kind = "queue" as const;
  readonly address: string;
  readonly queue: Queue;
  readonly #budget: MemoryBudget;

  constructor(address: string, queue: Queue, budget: MemoryBudget) {
    this.address = address;
    this.queue = queue;
    this.#budget = budget;
  }

  /** Whether nothing would be lost without it. */
  get isIdle(): boolean {
    return this.queue.messages === 0;
  }

  publish(message: MessageView, now: number): Published {
    const reason = this.queue.fullFor(message.bytes.length);
    if (reason !== undefined) return { kind: "refused", reason };
    const stored = StoredMessage.create(message.bytes, 1, this.#budget);
    if (stored === undefined) return { kind: "refused", reason: fullBroker(this.#budget) };
    this.queue.add(stored, message.arrival(now));
    return { kind: "queued", copies: 1 };
  }
}
