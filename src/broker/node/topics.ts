import type { MemoryBudget } from "./memory-budget.ts";
import { Topic } from "./topic.ts";

/** The topics of one broker. A topic exists while a link is attached to it. */
export class Topics {
  readonly #maxTopics: number;
  readonly #budget: MemoryBudget;
  readonly #byAddress = new Map<string, { readonly topic: Topic; links: number }>();

  constructor(maxTopics: number, budget: MemoryBudget) {
    this.#maxTopics = maxTopics;
    this.#budget = budget;
  }

  /** The topic of that address for one more link, made on first use; undefined when there are too many topics. */
  enter(address: string): Topic | undefined {
    let entry = this.#byAddress.get(address);
    if (entry === undefined) {
      if (this.#byAddress.size >= this.#maxTopics) return undefined;
      entry = { topic: new Topic(address, this.#budget), links: 0 };
      this.#byAddress.set(address, entry);
    }
    entry.links++;
    return entry.topic;
  }

  /** The opposite of {@link enter}; with its last link the topic goes. */
  leave(topic: Topic): void {
    const entry = this.#byAddress.get(topic.address);
    if (entry !== undefined && --entry.links === 0) this.#byAddress.delete(topic.address);
  }
}
