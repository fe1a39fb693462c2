import { XqbusError } from "../../errors.ts";
import { UNROUTED } from "./address-rules.ts";
import { MessageView } from "./message/message-view.ts";
import type { NodeStore } from "./node-store.ts";
import type { Entry } from "./queue/entry.ts";
import type { Queue } from "./queue/queue.ts";
import { PLAIN_ARRIVAL } from "./queue/queue.ts";

/** How a queue is doing. */
export interface QueueState {
  /** Messages, those with consumers and delayed ones included. */
  readonly messages: number;
  readonly bytes: number;
  /** Messages that consumers have and did not settle. */
  readonly unsettled: number;
  /** Messages that wait for their time. */
  readonly delayed: number;
  /** When the message came that waits longest, ms since 1970; undefined when none waits. */
  readonly oldestArrival: number | undefined;
}

/** A queue with an address. */
export interface QueueInfo extends QueueState {
  readonly address: string;
}

/** A subscription of a topic. */
export interface SubscriptionInfo extends QueueState {
  readonly topic: string;
  /** Names container and link. */
  readonly name: string;
  /** The XQuery filter. */
  readonly filter: string | undefined;
  /** Whether it stays without a consumer. */
  readonly kept: boolean;
  /** Links that consume from it. */
  readonly consumers: number;
  /** How often the evaluation of its XQuery filter failed, and how the first time. */
  readonly filterErrors: number;
  readonly firstFilterError: string | undefined;
}

/** How many messages an operation concerns at most. */
export interface CountOption {
  /** Default: all that wait. */
  readonly max?: number;
}

/** Looks into the nodes of a broker, and moves messages. Queues are named by their addresses. */
export class BrokerManagement {
  readonly #store: NodeStore;

  constructor(store: NodeStore) {
    this.#store = store;
  }

  queues(): readonly QueueInfo[] {
    return [...this.#store.addresses].flatMap((node) =>
      node.kind === "queue" ? [{ address: node.address, ...stateOf(node.queue) }] : [],
    );
  }

  subscriptions(): readonly SubscriptionInfo[] {
    return [...this.#store.addresses].flatMap((node) => {
      if (node.kind !== "topic") return [];
      return node.subscriptions.map((subscription) => {
        const { queue, filters, kept, links } = subscription;
        const { count, first } = node.failuresOf(subscription);
        return {
          ...{ topic: node.address, name: queue.name, filter: filters.query, kept, consumers: links },
          ...{ filterErrors: count, firstFilterError: first, ...stateOf(queue) },
        };
      });
    });
  }

  /**
   * Waiting messages in the order in which they would be delivered, as they are encoded; they stay where they are.
   *
   * @throws XqbusError `amqp:not-found`, as the other functions do when there is no such queue
   */
  browse(address: string, { max = Infinity }: CountOption = {}): readonly Uint8Array[] {
    return firstOf(this.#queue(address), max).map(({ message }) => Uint8Array.from(message.bytes));
  }

  /** Deletes all messages that no consumer has; gives how many. */
  purge(address: string): number {
    return this.#queue(address).purge();
  }

  /** Deletes a queue, its messages, and the links to it; gives how many messages. */
  delete(address: string): number {
    const { messages } = this.#queue(address);
    const node = this.#store.addresses.find(address);
    if (node !== undefined) this.#store.addresses.delete(node, "the queue was deleted");
    return messages;
  }

  /** Moves waiting messages to the end of another queue until it is full; gives how many. */
  move(from: string, to: string, { max = Infinity }: CountOption = {}): number {
    const queue = this.#queue(from);
    const target = this.#store.nodeFor(to, "queue");
    if (!("queue" in target) || target.queue === queue) {
      throw new XqbusError(
        "xqbus:illegal-argument",
        `messages cannot be moved from ${from} to ${to}; expected two queues`,
      );
    }
    const moved = firstOf(queue, max).filter((entry) => {
      const { priority, expiresAt, place } = entry;
      const kept = this.#store.keep(target, entry.message.bytes, { ...PLAIN_ARRIVAL, priority, expiresAt }, place);
      if (kept === undefined) return false;
      queue.leave(entry);
      return true;
    });
    this.#store.addresses.removeIdle(target);
    return moved.length;
  }

  /** Publishes unrouted messages of a topic again; gives how many found a subscription. The others stay. */
  async replay(topic: string, { max = Infinity }: CountOption = {}): Promise<number> {
    const node = this.#store.addresses.find(topic);
    const unrouted = this.#store.addresses.find(`${topic}${UNROUTED}`);
    if (node?.kind !== "topic" || unrouted?.kind !== "queue") return 0;
    let replayed = 0;
    for (const entry of firstOf(unrouted.queue, max)) {
      if (entry.state !== "waiting") continue;
      const published = await node.publish(new MessageView(entry.message.bytes), this.#store.context.clock.now());
      if (published.kind === "refused" || published.copies === 0) continue;
      unrouted.queue.finish(entry);
      replayed++;
    }
    return replayed;
  }

  #queue(address: string): Queue {
    const node = this.#store.addresses.find(address);
    if (node?.kind === "queue") return node.queue;
    throw new XqbusError("amqp:not-found", `there is no queue ${JSON.stringify(address)}`);
  }
}

function stateOf({ messages, bytes, unsettled, delayed, oldestArrival }: Queue): QueueState {
  return { messages, bytes, unsettled, delayed, oldestArrival };
}

function firstOf(queue: Queue, max: number): readonly Entry[] {
  const entries: Entry[] = [];
  for (const entry of queue.waiting()) {
    if (entries.length >= max) break;
    entries.push(entry);
  }
  return entries;
}
