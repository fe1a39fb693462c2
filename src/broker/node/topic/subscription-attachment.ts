import { randomUUID } from "node:crypto";
import type {
  Departure,
  LinkIdentity,
  Opening,
  Outcome,
  OutgoingMessage,
  Refusal,
  Source,
  SourceRequest,
} from "../../protocol/nodes.ts";
import { storeError } from "../hand-out.ts";
import type { LinkFilters } from "../filter/link-filters.ts";
import type { NodeStore } from "../node-store.ts";
import type { SourceCalls } from "../queue-source.ts";
import { QueueConsumer } from "../queue/queue-consumer.ts";
import { subscriptionDefinition } from "./stored-subscription.ts";
import type { Topic } from "./topic.ts";
import type { TopicSubscription } from "./topic-subscription.ts";

/** A consumer's end of a topic: a subscription of its own, one that is kept, or one that several links share. */
export class SubscriptionAttachment implements Source {
  readonly granted: Source["granted"];
  readonly #store: NodeStore;
  readonly #topic: Topic;
  readonly #subscription: TopicSubscription;
  readonly #consumer: QueueConsumer;
  readonly #leave: () => void;

  /**
   * Attaches to a subscription, and makes it where there is none. It is kept without a link with the expiry policy `never`;
   * container and link name find it again. With capability `shared` links of the same name (up to the first `|`) share it,
   * with `global` besides those of all containers of a user.
   */
  static open(
    store: NodeStore,
    topic: Topic,
    request: SourceRequest,
    filters: LinkFilters,
    calls: SourceCalls,
  ): Opening<SubscriptionAttachment> {
    const isShared = request.capabilities.includes("shared");
    const kept = request.expiryPolicy === "never";
    const key = kept || isShared ? keyOf(request, isShared) : randomUUID();
    const found = topic.subscription(key);
    if (found !== undefined && found.links > 0 && !(found.shared && isShared)) {
      return locked(`the subscription ${shown(request.link.name)} is in use by another link`);
    }
    const full = found === undefined && kept ? store.queuesFull() : undefined;
    if (full !== undefined) return { refused: full };
    if (found === undefined) return saved(new SubscriptionAttachment(store, topic, create(), request, calls));
    if (found.filters.fingerprint === filters.fingerprint) {
      return new SubscriptionAttachment(store, topic, found, request, calls);
    }
    if (found.links > 0) return locked(`the subscription ${shown(request.link.name)} is in use with other filters`);
    topic.changeFilters(found, filters);
    return saved(new SubscriptionAttachment(store, topic, found, request, calls));

    function create(): TopicSubscription {
      const label = nameOf(request.link, topic.address);
      const definition = subscriptionDefinition({ topic: topic.address, key, label, shared: isShared, filters });
      const stored = kept ? store.context.store?.newQueue(definition) : undefined;
      const queue = store.subscriptionQueue(label, kept || isShared ? topic.address : undefined, stored);
      const subscription = { key, queue, shared: isShared, filters, kept, links: 0 };
      topic.subscribe(subscription);
      return subscription;
    }

    /** The link is attached when a subscription that is kept is on disk. */
    function saved(attachment: SubscriptionAttachment): Opening<SubscriptionAttachment> {
      const { queue, shared } = attachment.#subscription;
      const { disk } = queue;
      if (disk === undefined) return attachment;
      const definition = subscriptionDefinition({ topic: topic.address, key, label: queue.name, shared, filters });
      return new Promise((resolve) => {
        disk.save(definition, (error) => {
          if (error === undefined) return resolve(attachment);
          attachment.detach(found === undefined ? "closed" : "forced");
          resolve({ refused: storeError(error) });
        });
      });
    }
  }

  private constructor(
    store: NodeStore,
    topic: Topic,
    subscription: TopicSubscription,
    { address, capabilities, distributionMode, durable }: SourceRequest,
    { onReady, leave }: SourceCalls,
  ) {
    this.granted = {
      ...{ address: address ?? topic.address, capabilities, filters: subscription.filters.applied },
      ...(distributionMode === undefined ? {} : { distributionMode }),
      ...(subscription.kept ? { durable, expiryPolicy: "never" } : {}),
    };
    this.#store = store;
    this.#topic = topic;
    this.#subscription = subscription;
    this.#consumer = new QueueConsumer(subscription.queue, { browses: false, onReady });
    this.#leave = leave;
    subscription.links++;
  }

  next(): OutgoingMessage | "empty" | "later" {
    return this.#consumer.next();
  }

  settle(message: OutgoingMessage, outcome: Outcome): void {
    this.#consumer.settle(message, outcome);
  }

  sentSettled(message: OutgoingMessage): void {
    this.#consumer.finish(message);
  }

  /** Closing the last link unsubscribes; a kept subscription survives every other end. */
  detach(why: Departure): void {
    const subscription = this.#subscription;
    subscription.links--;
    this.#consumer.close();
    if (subscription.links === 0 && (why === "closed" || !subscription.kept)) {
      this.#topic.unsubscribe(subscription);
      subscription.queue.close();
    }
    this.#leave();
    this.#store.addresses.removeIdle(this.#topic);
  }
}

function keyOf({ link, capabilities }: SourceRequest, isShared: boolean): string {
  const { user, containerId, name } = link;
  const end = isShared ? name.indexOf("|") : -1;
  const container = capabilities.includes("global") ? "" : containerId;
  return JSON.stringify([user, container, end < 0 ? name : name.slice(0, end)]);
}

function locked(description: string): Refusal {
  return { refused: { condition: "amqp:resource-locked", description } };
}

/** Names a subscription in messages for people. */
function nameOf({ name, containerId }: LinkIdentity, address: string): string {
  return `subscription ${shown(name)} of container ${shown(containerId)} on ${shown(address)}`;
}

/** UTF-16 code units of names that go into descriptions. */
const MAX_SHOWN_LENGTH = 100;

function shown(name: string): string {
  return JSON.stringify(name.length > MAX_SHOWN_LENGTH ? `${name.slice(0, MAX_SHOWN_LENGTH)}…` : name);
}
