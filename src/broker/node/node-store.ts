import { string, uint } from "../protocol/codec/amqp-value.ts";
import type { AmqpValue } from "../protocol/codec/amqp-value.ts";
import type { Clock } from "../clock.ts";
import type { BrokerLimits } from "../limits.ts";
import type { AmqpError } from "../protocol/protocol-fault.ts";
import type { Tally } from "../tally.ts";
import { DEAD_LETTER, DEFAULT_TOPIC, hasAftermath, isInternal, UNROUTED } from "./address-rules.ts";
import { Addresses } from "./addresses.ts";
import type { Node } from "./addresses.ts";
import type { MemoryBudget } from "./memory-budget.ts";
import type { MessageView } from "./message/message-view.ts";
import { withAnnotations } from "./message/with-annotations.ts";
import { QueueNode } from "./queue-node.ts";
import type { DeadLetter, TakeDeadLetter } from "./queue/dead-letter.ts";
import { PLAIN_ARRIVAL, Queue } from "./queue/queue.ts";
import type { QueueOptions } from "./queue/queue-options.ts";
import { StoredMessage } from "./stored-message.ts";
import { Topic } from "./topic/topic.ts";
import type { Published } from "./topic/topic.ts";

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
}

/** The nodes of one broker: makes, finds and removes them, and knows where messages go that nobody takes. */
export class NodeStore {
  readonly context: NodeContext;
  readonly addresses: Addresses = new Addresses();

  constructor(context: NodeContext) {
    this.context = context;
    this.addresses.add(new Topic(DEFAULT_TOPIC, context.budget), true);
  }

  /** The node of an address, made on first use. */
  nodeFor(address: string, kind: Node["kind"]): Node | AmqpError {
    const { limits, budget } = this.context;
    const found = this.addresses.find(address);
    if (found !== undefined) return found;
    if (kind === "topic") {
      // One is always there.
      if (this.addresses.count("topic") > limits.maxTopics) return tooMany("topics", limits.maxTopics, "maxTopics");
      const topic = new Topic(address, budget);
      this.addresses.add(topic, false);
      return topic;
    }
    const full = this.queuesFull();
    if (full !== undefined) return full;
    const node: QueueNode = new QueueNode(address, this.#queueFor(address), budget);
    this.addresses.add(node, false);
    return node;
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

  /** A queue of a subscription. `address`: where what it gives up comes from; undefined when that is only counted. */
  subscriptionQueue(name: string, address: string | undefined): Queue {
    const { clock, tally } = this.context;
    const onDeadLetter = address === undefined ? undefined : this.deadLettersOf(address);
    return new Queue({ name, options: this.#options({}), clock, tally, onDeadLetter });
  }

  /** Publishes to a node; what no subscription wants is kept aside. */
  publish(node: Node, message: MessageView): Published {
    const { clock, tally } = this.context;
    const published = node.publish(message, clock.now());
    if (published.kind === "refused" || published.copies > 0) return published;
    tally.unrouted++;
    this.#keepUnrouted(node.address, message.bytes);
    return published;
  }

  /** Publishes to an address, whatever is there. */
  publishTo(address: string, kind: Node["kind"], message: MessageView): Published {
    const node = this.nodeFor(address, kind);
    if ("condition" in node) return { kind: "refused", reason: node.description };
    const published = this.publish(node, message);
    this.addresses.removeIdle(node);
    return published;
  }

  /** Takes what a queue of that address gives up. */
  deadLettersOf(address: string): TakeDeadLetter | undefined {
    if (!hasAftermath(address)) return undefined;
    return (message, letter) => this.#keepDeadLetter(address, message.bytes, letter);
  }

  #queueFor(address: string): Queue {
    const { clock, tally, unrouted } = this.context;
    const internal = isInternal(address) ? ({ whenFull: "drop-oldest" } as const) : {};
    const bounds = address.endsWith(UNROUTED) ? { ...DEFAULT_UNROUTED, ...unrouted } : {};
    return new Queue({
      ...{ name: `queue ${JSON.stringify(address)}`, clock, tally, onDeadLetter: this.deadLettersOf(address) },
      options: this.#options({ ...internal, ...bounds }),
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

  #keepUnrouted(address: string, bytes: Buffer): void {
    if (this.context.unrouted === undefined || !hasAftermath(address)) return;
    this.#keep(`${address}${UNROUTED}`, bytes);
  }

  #keepDeadLetter(origin: string, bytes: Buffer, { reason, description, failures }: DeadLetter): void {
    const { clock, tally } = this.context;
    const annotations: Record<string, AmqpValue> = {
      "x-opt-dead-letter-reason": string(reason),
      "x-opt-dead-letter-origin": string(origin),
      "x-opt-dead-letter-time": { type: "timestamp", value: BigInt(clock.now()) },
      "x-opt-dead-letter-count": uint(failures),
      ...(description === undefined ? {} : { "x-opt-dead-letter-description": string(description) }),
    };
    if (this.#keep(`${origin}${DEAD_LETTER}`, withAnnotations(bytes, annotations))) tally.deadLettered++;
    else tally.dropped++;
  }

  /** Without its wishes: what has expired would go at once. */
  #keep(address: string, bytes: Buffer): boolean {
    const node = this.nodeFor(address, "queue");
    if (!("queue" in node)) return false;
    const reason = node.queue.fullFor(bytes.length);
    const stored = reason === undefined ? StoredMessage.create(bytes, 1, this.context.budget) : undefined;
    if (stored !== undefined) node.queue.add(stored, PLAIN_ARRIVAL);
    return stored !== undefined;
  }
}

function tooMany(what: string, count: number, limit: string): AmqpError {
  return { condition: "amqp:resource-limit-exceeded", description: `there are ${count} ${what}, the limit (${limit})` };
}
