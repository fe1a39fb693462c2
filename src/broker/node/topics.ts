import type { AmqpError } from "../protocol/protocol-fault.ts";
import type { MemoryBudget } from "./memory-budget.ts";
import { Topic } from "./topic.ts";

/** Ends a link that is attached to a topic. */
export type CloseLink = (error: AmqpError) => void;

interface Entry {
  readonly topic: Topic;
  readonly links: Set<CloseLink>;
}

/** The topics of one broker. A topic exists while a link is attached to it. */
export class Topics {
  readonly #maxTopics: number;
  readonly #budget: MemoryBudget;
  readonly #byAddress = new Map<string, Entry>();

  constructor(maxTopics: number, budget: MemoryBudget) {
    this.#maxTopics = maxTopics;
    this.#budget = budget;
  }

  /** The topic of that address, if there is one. */
  find(address: string): Topic | undefined {
    return this.#byAddress.get(address)?.topic;
  }

  /** The topic of that address for one more link, made on first use; undefined when there are too many topics. */
  enter(address: string, link: CloseLink): Topic | undefined {
    let entry = this.#byAddress.get(address);
    if (entry === undefined) {
      if (this.#byAddress.size >= this.#maxTopics) return undefined;
      entry = { topic: new Topic(address, this.#budget), links: new Set() };
      this.#byAddress.set(address, entry);
    }
    entry.links.add(link);
    return entry.topic;
  }

  /** The opposite of {@link enter}; with its last link the topic goes. */
  leave(topic: Topic, link: CloseLink): void {
    const entry = this.#byAddress.get(topic.address);
    if (entry?.topic !== topic || !entry.links.delete(link)) return;
    if (entry.links.size === 0) this.#byAddress.delete(topic.address);
  }

  /** Ends a topic, and the links that are attached to it. */
  delete(topic: Topic): void {
    const entry = this.#byAddress.get(topic.address);
    if (entry?.topic !== topic) return;
    this.#byAddress.delete(topic.address);
    const error = { condition: "amqp:resource-deleted", description: "the temporary topic was deleted by its owner" };
    for (const close of [...entry.links]) close(error);
  }
}
