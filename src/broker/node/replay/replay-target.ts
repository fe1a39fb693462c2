import { XqbusError } from "../../../errors.ts";
import type { Place } from "../../store/message-store.ts";
import { wantedNode } from "../address-rules.ts";
import type { SubscriptionName } from "../dead-letters/subscription-name.ts";
import { intoQueues } from "../hand-out.ts";
import type { Published, Repetition } from "../hand-out.ts";
import { MessageView } from "../message/message-view.ts";
import type { NodeStore } from "../node-store.ts";
import { PLAIN_ARRIVAL } from "../queue/queue.ts";
import { Router } from "../topic/router.ts";
import type { TopicSubscription } from "../topic/topic-subscription.ts";
import { encodeRepeated } from "./repeated-message.ts";
import type { RepeatedMessage } from "./repeated-message.ts";

/** Who may get messages. */
interface Receiver {
  isFor(message: MessageView): boolean;
  publish(message: MessageView, now: number, again: Repetition): Published | Promise<Published>;
}

/**
 * Where messages are put once more. No time to live ends them, and nothing delays them.
 *
 * All functions throw XqbusError: `amqp:not-found` when it is not there any more, `amqp:resource-limit-exceeded` when there is no
 * room, and what the store says.
 */
export class ReplayTarget {
  readonly #store: NodeStore;
  readonly #receiver: () => Receiver;
  readonly #done: () => void;

  /** @param done is called behind each use of the receiver */
  constructor(store: NodeStore, receiver: () => Receiver, done: () => void = () => undefined) {
    this.#store = store;
    this.#receiver = receiver;
    this.#done = done;
  }

  /** Whether anybody there would get the message: filters and rights decide. */
  wants(message: RepeatedMessage): boolean {
    return this.isFor(new MessageView(encodeRepeated(message)));
  }

  /** Resolves when the message is there, on disk where the queue is; false: nobody wants it. */
  async put(message: RepeatedMessage): Promise<boolean> {
    const view = new MessageView(encodeRepeated(message));
    if (!this.isFor(view)) return false;
    assertQueued(await this.publish(view, undefined));
    return true;
  }

  /** The same as {@link wants}, of an encoded message. */
  isFor(view: MessageView): boolean {
    try {
      return this.#receiver().isFor(view);
    } finally {
      this.#done();
    }
  }

  /** Puts an encoded message there, which is wanted; `instead`: what it replaces on disk. */
  publish(view: MessageView, instead: Place | undefined): Published | Promise<Published> {
    const arrival = { ...PLAIN_ARRIVAL, priority: view.header.priority };
    const published = this.#receiver().publish(view, this.#store.context.clock.now(), { arrival, instead });
    if (published instanceof Promise) return published.finally(this.#done);
    this.#done();
    return published;
  }
}

/** @throws XqbusError with what the broker says of a message that it has not taken */
export function assertQueued(published: Published): void {
  if (published.kind === "refused") throw new XqbusError(published.error.condition, published.error.description);
}

/** A subscription of a topic: its filters and the rights of its user decide what it gets. */
export function subscriptionTarget(store: NodeStore, topic: string, { key, label }: SubscriptionName): ReplayTarget {
  const { budget, store: disk } = store.context;
  /** Says what it wants by the filters that it had when it was last asked. */
  let known: { readonly filters: TopicSubscription["filters"]; readonly router: Router } | undefined;
  return new ReplayTarget(store, () => {
    const node = store.addresses.find(topic);
    const found = node?.kind === "topic" ? node.subscription(key) : undefined;
    if (found === undefined) throw new XqbusError("amqp:not-found", `there is no ${label} any more`);
    if (known?.filters !== found.filters) {
      known = { filters: found.filters, router: new Router() };
      // Its links have nothing to do with what its filter costs here.
      known.router.add({ ...found, onCostly: new Set() });
    }
    const { router } = known;
    return {
      isFor: (view) => router.route(view).length > 0,
      publish: (view, now, again) => intoQueues(view, [found.queue], { now, again, budget, store: disk }),
    };
  });
}

/** An address: a queue, or a topic whose subscriptions decide. What is not there yet is made a topic, as for other publishers. */
export function addressTarget(store: NodeStore, given: string): ReplayTarget {
  const { address, kind } = wantedNode(given, { capabilities: [] });
  const receiver = (): Receiver => {
    const node = store.nodeFor(address, kind ?? "topic");
    if ("condition" in node) throw new XqbusError(node.condition, node.description);
    return node;
  };
  return new ReplayTarget(store, receiver, () => {
    const node = store.addresses.find(address);
    if (node !== undefined) store.addresses.removeIdle(node);
  });
}
