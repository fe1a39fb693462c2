import { invariant } from "../../errors.ts";
import type { XqbusError } from "../../errors.ts";
import type { Clock } from "../clock.ts";
import type { BrokerLimits } from "../limits.ts";
import type { AmqpError } from "../protocol/protocol-fault.ts";
import type { MessageStore, Place, RecoveredQueue, StoredQueue } from "../store/message-store.ts";
import type { Tally } from "../tally.ts";
import { DEAD_LETTER, DEFAULT_TOPIC, hasAftermath, isInternal, UNROUTED } from "./address-rules.ts";
import { Addresses } from "./addresses.ts";
import type { Node } from "./addresses.ts";
import { DEAD_LETTERS_PER_MS, deadLetterAnnotations } from "./dead-letters/annotations.ts";
import type { DeadLetterOrigin } from "./dead-letters/annotations.ts";
import { handOut, storeError } from "./hand-out.ts";
import type { Published } from "./hand-out.ts";
import type { LinkFilters } from "./filter/link-filters.ts";
import type { MemoryBudget } from "./memory-budget.ts";
import type { MessageView } from "./message/message-view.ts";
import { withAnnotations } from "./message/with-annotations.ts";
import { QueueNode } from "./queue-node.ts";
import type { DeadLetter, TakeDeadLetter } from "./queue/dead-letter.ts";
import type { QueuePolicies } from "./queue-policies.ts";
import { QueueDisk } from "./queue/queue-disk.ts";
import { Queue } from "./queue/queue.ts";
import type { DurableQueue } from "./queue/queue-context.ts";
import type { Arrival } from "./queue/entry.ts";
import type { QueueOptions } from "./queue/queue-options.ts";
import { StoredMessage } from "./stored-message.ts";
import { isTemporary } from "./temporary-address.ts";
import { readSubscription } from "./topic/stored-subscription.ts";
import { userOfKey } from "./topic/subscription-attachment.ts";
import { Topic } from "./topic/topic.ts";

/** What is kept of messages that no subscription wanted. */
export interface UnroutedOptions {
  /** Messages of one topic; beyond, the oldest go. Default 10 000. */
  readonly maxMessages?: number;
  /** Bytes of these messages. Default 16 MiB. */
  readonly maxBytes?: number;
  /** Ms that a message is kept. Default one day. */
  readonly maxAgeMs?: number;
}

const DEFAULT_UNROUTED = { maxMessages: 10_000, maxBytes: 16 * 1024 * 1024, maxAgeMs: 24 * 3600 * 1000 };

/** What nodes need of their broker. */
export interface NodeContext {
  readonly limits: BrokerLimits;
  readonly budget: MemoryBudget;
  readonly tally: Tally;
  readonly clock: Clock;
  /** Undefined: messages that no subscription wants are gone, and counted. */
  readonly unrouted: UnroutedOptions | undefined;
  /** How certain queues differ from the others. */
  readonly policies: QueuePolicies;
  /** Where durable messages are; undefined: everything is in memory. */
  readonly store?: MessageStore | undefined;
}

/** The nodes of one broker: makes, finds and removes them, and knows where messages go that nobody takes. */
export class NodeStore {
  readonly context: NodeContext;
  readonly addresses: Addresses = new Addresses();
  /** Number of the latest dead letter. */
  #lastDeadLetter = 0;

  constructor(context: NodeContext) {
    this.context = context;
    this.addresses.add(new Topic(DEFAULT_TOPIC, context.budget, context.store), true);
    if (context.store !== undefined) context.store.onFailed = (error) => this.#onStoreFailed(error);
  }

  /** The node of an address, made on first use. */
  nodeFor(address: string, kind: Node["kind"]): Node | AmqpError {
    const { limits } = this.context;
    const found = this.addresses.find(address);
    if (found !== undefined) return found;
    if (kind === "topic") {
      // One is always there.
      if (this.addresses.count("topic") > limits.maxTopics) return tooMany("topics", limits.maxTopics, "maxTopics");
      return this.#newTopic(address);
    }
    return this.queuesFull() ?? this.#newQueueNode(address);
  }

  /**
   * Makes the nodes again that were there before the broker was started.
   *
   * @param receivable what of a topic a user may receive, besides what its filters want
   */
  async recover(
    queues: readonly RecoveredQueue[],
    receivable: (filters: LinkFilters, user: string, address: string) => LinkFilters,
  ): Promise<void> {
    for (const { queue: stored, lanes, delayed } of queues) {
      if (stored.definition.kind === "queue") {
        const node = this.#newQueueNode(stored.definition.name, stored);
        await node.queue.recover(lanes, delayed);
        this.addresses.removeIdle(node);
        continue;
      }
      const { topic: address, label, filters: wanted, ...rest } = readSubscription(stored.definition);
      const filters = receivable(wanted, userOfKey(rest.key), address);
      const found = this.addresses.find(address) ?? this.#newTopic(address);
      invariant(found.kind === "topic", "an address is a topic or a queue");
      const queue = this.subscriptionQueue(label, address, { deadLetterKey: rest.key, stored });
      found.subscribe({ ...rest, filters, queue, kept: true, links: 0, onCostly: new Set() });
      await queue.recover(lanes, delayed);
    }
  }

  /** Why there can be no further queue or kept subscription; undefined when there can. */
  queuesFull(): AmqpError | undefined {
    const { maxQueues } = this.context.limits;
    let count = this.addresses.count("queue");
    for (const node of this.addresses) {
      if (node.kind === "topic") count += node.subscriptions.filter(({ kept }) => kept).length;
    }
    return count < maxQueues ? undefined : tooMany("queues and kept subscriptions", maxQueues, "maxQueues");
  }

  /**
   * A queue of a subscription.
   *
   * @param topic where it is subscribed to
   * @param kind `deadLetterKey`: the subscription's key where what it gives up is kept, and not only counted; `stored`: its rows,
   *   undefined for one that is in memory
   */
  subscriptionQueue(
    name: string,
    topic: string,
    { deadLetterKey, stored }: { readonly deadLetterKey: string | undefined; readonly stored: StoredQueue | undefined },
  ): Queue {
    const { clock, tally, policies } = this.context;
    const onDeadLetter = deadLetterKey === undefined ? undefined : this.#deadLettersOf(topic, deadLetterKey);
    const options = this.#options(policies.optionsFor(topic));
    return new Queue({ name, options, clock, tally, onDeadLetter, durable: this.#durable(stored) });
  }

  /** Publishes to a node; what no subscription wants is kept aside. */
  publish(node: Node, message: MessageView): Published | Promise<Published> {
    const { clock, tally } = this.context;
    const published = node.publish(message, clock.now());
    if (published instanceof Promise || published.kind === "refused" || published.copies > 0) return published;
    tally.unrouted++;
    return this.#keepUnrouted(node.address, message.bytes);
  }

  /** Publishes to an address, whatever is there. */
  publishTo(address: string, kind: Node["kind"], message: MessageView): Published | Promise<Published> {
    const node = this.nodeFor(address, kind);
    if ("condition" in node) return { kind: "refused", error: node };
    const published = this.publish(node, message);
    if (published instanceof Promise) void published.then(() => this.addresses.removeIdle(node));
    else this.addresses.removeIdle(node);
    return published;
  }

  /** Takes what a queue of that address gives up, or the queue of a subscription of that topic. */
  #deadLettersOf(address: string, subscription?: string): TakeDeadLetter | undefined {
    if (!hasAftermath(address)) return undefined;
    return (bytes, letter, place) => this.#keepDeadLetter({ address, subscription }, bytes, letter, place);
  }

  /**
   * Puts a message into a queue as far as there is room.
   *
   * @param arrival its wishes; without them it stays whatever the message says
   * @param instead what it replaces on disk, in one step
   * @returns undefined when there is no room
   */
  keep(
    { queue }: Pick<QueueNode, "queue">,
    bytes: Buffer,
    arrival?: Arrival,
    instead?: Place,
  ): Published | Promise<Published> | undefined {
    const { budget, store } = this.context;
    const stored = queue.fullFor(bytes.length) === undefined ? StoredMessage.create(bytes, 1, budget) : undefined;
    return stored && handOut(stored, [queue], arrival, store, instead);
  }

  /** Puts a dead letter into its queue. It takes the memory that the message has left, also where there is no more. */
  #keepInstead(node: QueueNode, bytes: Buffer, place: Place | undefined): Published | Promise<Published> | undefined {
    const { budget, store } = this.context;
    if (node.queue.fullFor(bytes.length) !== undefined) return undefined;
    return handOut(StoredMessage.adopt(bytes, budget), [node.queue], undefined, store, place);
  }

  /** Nothing that should be kept can be: whoever has to do with it is told. */
  #onStoreFailed(error: XqbusError): void {
    this.addresses.closeLinks(({ address }) => !isTemporary(address), storeError(error));
  }

  #newTopic(address: string): Topic {
    const topic = new Topic(address, this.context.budget, this.context.store);
    this.addresses.add(topic, false);
    return topic;
  }

  #newQueueNode(address: string, recovered?: StoredQueue): QueueNode {
    const { store, budget } = this.context;
    const stored = isTemporary(address) ? undefined : store?.newQueue({ kind: "queue", name: address, settings: "{}" });
    const node = new QueueNode(address, this.#queueFor(address, recovered ?? stored), budget, store);
    this.addresses.add(node, false);
    return node;
  }

  #durable(queue: StoredQueue | undefined): DurableQueue | undefined {
    const { store, budget } = this.context;
    return queue && store && { budget, disk: new QueueDisk(store, queue) };
  }

  #queueFor(address: string, stored: StoredQueue | undefined): Queue {
    const { clock, tally, unrouted, policies } = this.context;
    const internal = isInternal(address) ? ({ whenFull: "drop-oldest" } as const) : policies.optionsFor(address);
    const bounds = address.endsWith(UNROUTED) ? { ...DEFAULT_UNROUTED, ...unrouted } : {};
    return new Queue({
      ...{ name: `queue ${JSON.stringify(address)}`, clock, tally, onDeadLetter: this.#deadLettersOf(address) },
      options: this.#options({ ...internal, ...bounds }),
      durable: this.#durable(stored),
      onEmpty: () => {
        const node = this.addresses.find(address);
        if (node !== undefined) this.addresses.removeIdle(node);
      },
    });
  }

  #options(differing: Partial<QueueOptions>): QueueOptions {
    const { maxQueueMessages, maxQueueBytes, maxDeliveryAttempts } = this.context.limits;
    return {
      ...{ maxMessages: maxQueueMessages, maxBytes: maxQueueBytes, maxDeliveryAttempts, whenFull: "reject" },
      ...differing,
    };
  }

  #keepUnrouted(address: string, bytes: Buffer): Published | Promise<Published> {
    const nobody: Published = { kind: "queued", copies: 0 };
    if (this.context.unrouted === undefined || !hasAftermath(address)) return nobody;
    const node = this.nodeFor(`${address}${UNROUTED}`, "queue");
    const kept = "queue" in node ? this.keep(node, bytes) : undefined;
    if (kept === undefined) {
      this.context.tally.dropped++;
      if ("queue" in node) this.addresses.removeIdle(node);
    }
    return kept instanceof Promise ? kept.then((later) => (later.kind === "refused" ? later : nobody)) : nobody;
  }

  #keepDeadLetter(origin: DeadLetterOrigin, bytes: Buffer, letter: DeadLetter, place: Place | undefined): void {
    const { clock, tally, store } = this.context;
    const now = clock.now();
    this.#lastDeadLetter = Math.max(this.#lastDeadLetter + 1, now * DEAD_LETTERS_PER_MS);
    const annotations = deadLetterAnnotations({ ...letter, ...origin, id: this.#lastDeadLetter, at: now });
    const node = this.nodeFor(`${origin.address}${DEAD_LETTER}`, "queue");
    // Without its wishes: what has expired would go at once.
    const kept = "queue" in node ? this.#keepInstead(node, withAnnotations(bytes, annotations), place) : undefined;
    if (kept !== undefined) {
      tally.deadLettered++;
      if (kept instanceof Promise && place === undefined) {
        void kept.then(({ kind }) => kind === "refused" && tally.dropped++);
      }
    } else {
      tally.dropped++;
      if (place !== undefined) store?.remove(place);
    }
  }
}

function tooMany(what: string, count: number, limit: string): AmqpError {
  return { condition: "amqp:resource-limit-exceeded", description: `there are ${count} ${what}, the limit (${limit})` };
}
