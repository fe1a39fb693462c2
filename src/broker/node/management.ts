import { XqbusError } from "../../errors.ts";
import type { ConnectionInfo } from "../protocol/connection-info.ts";
import type { AmqpError } from "../protocol/protocol-fault.ts";
import { brokerDeadLetters } from "./dead-letters/dead-letters.ts";
import type { BrokerDeadLetter } from "./dead-letters/dead-letters.ts";
import { readSubscriptionName, type SubscriptionName } from "./dead-letters/subscription-name.ts";
import type { NodeStore } from "./node-store.ts";
import type { QueueNode } from "./queue-node.ts";
import type { Entry } from "./queue/entry.ts";
import type { Queue } from "./queue/queue.ts";
import { PLAIN_ARRIVAL } from "./queue/queue.ts";
import { RateMeter } from "./rate-meter.ts";
import { addressTarget, subscriptionTarget, type ReplayTarget } from "./replay/replay-target.ts";
import { unroutedMessages, type UnroutedMessage } from "./replay/unrouted.ts";

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
  /** For how long, in ms. */
  readonly oldestAgeMs: number | undefined;
  /** Messages that came since the broker started. */
  readonly received: number;
  /** Messages that were sent to consumers, repeats included. */
  readonly delivered: number;
  /** The same per second, since a look some ten seconds ago or the first one; undefined at the first look. */
  readonly receivedPerSecond: number | undefined;
  readonly deliveredPerSecond: number | undefined;
}

/** A queue with an address. */
export interface QueueInfo extends QueueState {
  readonly address: string;
  /** How often the evaluation of consumers' XQuery filters failed, and how the first time. */
  readonly filterErrors: number;
  readonly firstFilterError: string | undefined;
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
  /** Whether the filter has run out of its budget too often: nothing matches it until a link attaches again. */
  readonly isFilterOff: boolean;
}

/** A subscription that has a name, and the way to put messages into it alone. */
export interface NamedSubscription {
  readonly topic: string;
  readonly name: SubscriptionName;
  readonly target: ReplayTarget;
}

/** What a broker does per second: see {@link BrokerManagement.rates}. */
export type BrokerRates = Readonly<Record<"received" | "bytes" | "delivered" | "accepted" | "refused", number>>;

/** How many messages an operation concerns at most. */
export interface CountOption {
  /** Default: all that wait. */
  readonly max?: number;
}

/** A client's connection, as far as it can be managed. */
export interface ManagedConnection {
  /** Undefined before the client has logged in. */
  readonly info: ConnectionInfo | undefined;
  shutDown(reason: AmqpError): void;
}

/** Looks into connections and nodes of a broker, and moves messages. Queues are named by their addresses. */
export class BrokerManagement {
  readonly #store: NodeStore;
  readonly #clients: Iterable<ManagedConnection>;
  readonly #rates = new RateMeter();
  readonly #queueRates = new WeakMap<Queue, RateMeter>();

  constructor(store: NodeStore, clients: Iterable<ManagedConnection>) {
    this.#store = store;
    this.#clients = clients;
    this.rates();
  }

  /** The clients that have logged in, with their links. */
  connections(): readonly ConnectionInfo[] {
    return [...this.#clients].flatMap(({ info }) => (info === undefined ? [] : [info]));
  }

  /**
   * Ends a client's connection with `amqp:connection:forced`; by force when it does not answer within `closeTimeoutMs`.
   * What it has not settled goes back.
   *
   * @param id of {@link ConnectionInfo}
   * @throws XqbusError `amqp:not-found`
   */
  closeConnection(id: number, description = "the connection was closed by the management"): void {
    const client = [...this.#clients].find(({ info }) => info?.id === id);
    if (client === undefined) throw new XqbusError("amqp:not-found", `there is no connection ${id}`);
    client.shutDown({ condition: "amqp:connection:forced", description });
  }

  /** What happened per second since a look some ten seconds ago, or since the first one or the start. */
  rates(): BrokerRates {
    const { clock, tally } = this.#store.context;
    const { received, bytes, delivered, accepted, refused } = tally;
    const totals = { received, bytes, delivered, accepted, refused };
    return this.#rates.rates(clock.now(), totals) ?? { received: 0, bytes: 0, delivered: 0, accepted: 0, refused: 0 };
  }

  queues(): readonly QueueInfo[] {
    return [...this.#store.addresses].flatMap((node) => {
      if (node.kind !== "queue") return [];
      const { count, first } = node.filters.failures;
      return [{ address: node.address, filterErrors: count, firstFilterError: first, ...this.#stateOf(node.queue) }];
    });
  }

  subscriptions(): readonly SubscriptionInfo[] {
    return [...this.#store.addresses].flatMap((node) => {
      if (node.kind !== "topic") return [];
      return node.subscriptions.map((subscription) => {
        const { queue, filters, kept, links } = subscription;
        const { count, first, isQuarantined } = node.failuresOf(subscription);
        return {
          ...{ topic: node.address, name: queue.name, filter: filters.query, kept, consumers: links },
          ...{ filterErrors: count, firstFilterError: first, isFilterOff: isQuarantined, ...this.#stateOf(queue) },
        };
      });
    });
  }

  /**
   * Waiting messages in the order in which they would be delivered, as they are encoded, with those that are on disk only; they stay
   * where they are. All of them together are in memory in the end: `max` is worth giving.
   *
   * @throws XqbusError `amqp:not-found`, as the other functions do when there is no such queue
   */
  async browse(address: string, { max = Infinity }: CountOption = {}): Promise<readonly Uint8Array[]> {
    const found: Uint8Array[] = [];
    if (max <= 0) return found;
    for await (const { bytes } of this.#queue(address).allWaiting()) {
      found.push(Uint8Array.from(bytes));
      if (found.length >= max) break;
    }
    return found;
  }

  /**
   * What queues and subscriptions have given up until now, with the oldest first; what is on disk only is read by pages. They stay
   * where they are until {@link BrokerDeadLetter.redrive} or {@link BrokerDeadLetter.delete}, which may be called on the way.
   */
  deadLetters(): AsyncIterableIterator<BrokerDeadLetter> {
    return brokerDeadLetters(this.#store);
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
  async move(from: string, to: string, { max = Infinity }: CountOption = {}): Promise<number> {
    const queue = this.#queue(from);
    const target = this.#store.nodeFor(to, "queue");
    if (!("queue" in target) || target.queue === queue) {
      throw new XqbusError(
        "xqbus:illegal-argument",
        `messages cannot be moved from ${from} to ${to}; expected two queues`,
      );
    }
    let moved = 0;
    do {
      for (const entry of firstOf(queue, max - moved)) {
        const { priority, expiresAt, place } = entry;
        const kept = this.#store.keep(target, entry.message.bytes, { ...PLAIN_ARRIVAL, priority, expiresAt }, place);
        if (kept === undefined) return this.#moved(target, moved);
        queue.leave(entry);
        moved++;
      }
    } while (moved < max && (await queue.readOn()));
    return this.#moved(target, moved);
  }

  #moved(target: QueueNode, count: number): number {
    this.#store.addresses.removeIdle(target);
    return count;
  }

  /** Publishes unrouted messages of a topic again; gives how many found a subscription. The others stay. */
  async replay(topic: string, { max = Infinity }: CountOption = {}): Promise<number> {
    const target = this.targetAddress(topic);
    let replayed = 0;
    for await (const message of this.unrouted(topic)) {
      if (replayed >= max) break;
      if (await message.moveTo(target)) replayed++;
    }
    return replayed;
  }

  /**
   * The messages that no subscription of a topic wanted, the oldest first; what is on disk only is read by pages. They stay where they
   * are until {@link UnroutedMessage.moveTo}, which may be called on the way.
   */
  unrouted(topic: string): AsyncIterableIterator<UnroutedMessage> {
    return unroutedMessages(this.#store, topic);
  }

  /** The subscriptions that have a name: those that are kept, and shared ones. */
  named(): readonly NamedSubscription[] {
    return [...this.#store.addresses].flatMap((node) => {
      if (node.kind !== "topic") return [];
      return node.subscriptions.flatMap(({ key }) => {
        const name = readSubscriptionName(key);
        if (name === undefined) return [];
        return [{ topic: node.address, name, target: subscriptionTarget(this.#store, node.address, name) }];
      });
    });
  }

  /** A queue or a topic, where messages are put once more. */
  targetAddress(address: string): ReplayTarget {
    return addressTarget(this.#store, address);
  }

  #stateOf(queue: Queue): QueueState {
    const { messages, bytes, unsettled, delayed, oldestArrival, totals } = queue;
    const now = this.#store.context.clock.now();
    const meter = this.#queueRates.get(queue) ?? new RateMeter();
    this.#queueRates.set(queue, meter);
    const rates = meter.rates(now, totals);
    return {
      ...{ messages, bytes, unsettled, delayed, oldestArrival, ...totals },
      oldestAgeMs: oldestArrival === undefined ? undefined : now - oldestArrival,
      ...{ receivedPerSecond: rates?.received, deliveredPerSecond: rates?.delivered },
    };
  }

  #queue(address: string): Queue {
    const node = this.#store.addresses.find(address);
    if (node?.kind === "queue") return node.queue;
    throw new XqbusError("amqp:not-found", `there is no queue ${JSON.stringify(address)}`);
  }
}

function firstOf(queue: Queue, max: number): readonly Entry[] {
  const entries: Entry[] = [];
  for (const entry of queue.waiting()) {
    if (entries.length >= max) break;
    entries.push(entry);
  }
  return entries;
}
