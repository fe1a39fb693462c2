import { randomUUID } from "node:crypto";
import type {
  Departure,
  LinkEnds,
  LinkIdentity,
  Opening,
  Outcome,
  OutgoingMessage,
  Refusal,
  Source,
  SourceRequest,
} from "../../protocol/nodes.ts";
import type { Node } from "../addresses.ts";
import { storeError } from "../hand-out.ts";
import type { LinkFilters } from "../filter/link-filters.ts";
import { grantedCapabilities } from "../granted-capabilities.ts";
import type { NodeStore } from "../node-store.ts";
import type { SourceCalls } from "../queue-source.ts";
import { QueueConsumer } from "../queue/queue-consumer.ts";
import { subscriptionDefinition } from "./stored-subscription.ts";
import { isKept, SubscriptionExpiry } from "./subscription-expiry.ts";
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
  readonly #linkEnds: LinkEnds;

  /**
   * Attaches to a subscription, and makes it where there is none. It may be kept without a link, see {@link isKept};
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
    const { isShared } = scopeOf(request);
    const kept = isKept(request);
    const key =
      kept || isShared ? keyOf(request.link, { ...scopeOf(request), lasting: lastingOf(request) }) : randomUUID();
    const found = topic.subscription(key);
    if (found !== undefined && found.links > 0 && !(found.shared && isShared)) {
      return locked(`the subscription ${shown(request.link.name)} is in use by another link`);
    }
    const full = found === undefined && kept ? store.queuesFull() : undefined;
    if (full !== undefined) return { refused: full };
    if (found === undefined) return saved(new SubscriptionAttachment(store, topic, create(), request, calls));
    if (found.filters.fingerprint === filters.fingerprint) {
      // Whoever attaches again has the filter tried again.
      if (topic.failuresOf(found).isQuarantined) topic.changeFilters(found, filters);
      return new SubscriptionAttachment(store, topic, found, request, calls);
    }
    if (found.links > 0) return locked(`the subscription ${shown(request.link.name)} is in use with other filters`);
    topic.changeFilters(found, filters);
    return saved(new SubscriptionAttachment(store, topic, found, request, calls));

    function create(): TopicSubscription {
      const label = nameOf(request.link, topic.address);
      const definition = subscriptionDefinition({ topic: topic.address, key, label, shared: isShared, filters });
      const stored = request.expiryPolicy === "never" ? store.context.store?.newQueue(definition) : undefined;
      const deadLetterKey = kept || isShared ? key : undefined;
      const queue = store.subscriptionQueue(label, topic.address, { deadLetterKey, stored });
      const subscription = { key, queue, shared: isShared, filters, kept, links: 0, onCostly: new Set<() => void>() };
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

  /** Attaches again to a subscription that is kept. */
  static resume(
    store: NodeStore,
    topic: Topic,
    subscription: TopicSubscription,
    { link }: SourceRequest,
    calls: SourceCalls,
  ): SubscriptionAttachment {
    const { policy = "never", timeoutSeconds = 0 } = subscription.expiry?.rule ?? {};
    const { key, shared, filters } = subscription;
    const capabilities = shared ? ["topic", "shared", ...(isGlobalKey(key) ? ["global"] : [])] : ["topic"];
    const request: SourceRequest = {
      ...{ link, address: topic.address, dynamic: undefined, properties: undefined, resumes: true, capabilities },
      ...{ durable: policy === "never" ? 2 : 0, expiryPolicy: policy, timeoutSeconds },
      ...{ distributionMode: undefined, filters: filters.asked },
    };
    return new SubscriptionAttachment(store, topic, subscription, request, calls);
  }

  private constructor(
    store: NodeStore,
    topic: Topic,
    subscription: TopicSubscription,
    request: SourceRequest,
    { onReady, leave, onCostly, withholds }: SourceCalls,
  ) {
    const { address, distributionMode, durable, expiryPolicy, timeoutSeconds, link, resumes } = request;
    const { filters, kept } = subscription;
    this.granted = {
      ...{ address: address ?? topic.address, filters: filters.applied },
      capabilities: grantedCapabilities(request, "topic"),
      ...(distributionMode === undefined ? {} : { distributionMode }),
      ...(kept ? { durable, expiryPolicy } : {}),
      ...(kept && expiryPolicy !== "never" && timeoutSeconds > 0 ? { timeoutSeconds } : {}),
      ...(resumes ? { resumedFilters: filters.asked } : {}),
    };
    this.#linkEnds = link.ends;
    subscription.expiry?.stop();
    if (kept && expiryPolicy !== "never") {
      const rule = { policy: expiryPolicy, timeoutSeconds };
      subscription.expiry = new SubscriptionExpiry(rule, store.context.clock, () => this.#end());
    } else delete subscription.expiry;
    this.#store = store;
    this.#topic = topic;
    this.#subscription = subscription;
    this.#consumer = new QueueConsumer(subscription.queue, { browses: false, onReady, withholds });
    this.#leave = () => {
      subscription.onCostly.delete(onCostly);
      leave();
    };
    subscription.onCostly.add(onCostly);
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

  /** Closing the last link unsubscribes; a kept subscription survives every other end for its time. */
  detach(why: Departure): void {
    const subscription = this.#subscription;
    subscription.links--;
    this.#consumer.close();
    if (subscription.links === 0) {
      if (why === "closed" || !subscription.kept) this.#end();
      else subscription.expiry?.left(why, this.#linkEnds);
    }
    this.#leave();
    this.#store.addresses.removeIdle(this.#topic);
  }

  #end(): void {
    const subscription = this.#subscription;
    subscription.expiry?.stop();
    this.#topic.unsubscribe(subscription);
    subscription.queue.close();
    this.#store.addresses.removeIdle(this.#topic);
  }
}

/** The subscription that a link without source had before: its own, or one that it shared. */
export function findKept(
  addresses: Iterable<Node>,
  request: SourceRequest,
): { readonly topic: Topic; readonly subscription: TopicSubscription } | undefined {
  const scope = scopeOf(request);
  const shared: readonly Scope[] = [
    { isShared: true, isGlobal: scope.isGlobal },
    { isShared: true, isGlobal: true },
  ];
  const scopes = scope.isShared ? shared : [scope, ...shared];
  const keys = scopes.flatMap((each) =>
    (["never", "timed"] as const).map((lasting) => keyOf(request.link, { ...each, lasting })),
  );
  for (const key of keys) {
    for (const topic of addresses) {
      const subscription = topic.kind === "topic" ? topic.subscription(key) : undefined;
      if (topic.kind === "topic" && subscription !== undefined) return { topic, subscription };
    }
  }
  return undefined;
}

/** Whose subscription it is. */
export function userOfKey(key: string): string {
  return (JSON.parse(key) as readonly string[])[0] ?? "";
}

function isGlobalKey(key: string): boolean {
  return (JSON.parse(key) as readonly string[])[1] === "";
}

/** Which links have a subscription in common. */
interface Scope {
  readonly isShared: boolean;
  readonly isGlobal: boolean;
}

function scopeOf({ capabilities }: SourceRequest): Scope {
  return { isShared: capabilities.includes("shared"), isGlobal: capabilities.includes("global") };
}

/** What lasts differently is another subscription, also under the same name: one that is on disk is never bound to end. */
type Lasting = "never" | "timed" | "volatile";

function lastingOf(request: SourceRequest): Lasting {
  if (request.expiryPolicy === "never") return "never";
  return isKept(request) ? "timed" : "volatile";
}

function keyOf(
  { user, containerId, name }: LinkIdentity,
  { isShared, isGlobal, lasting }: Scope & { readonly lasting: Lasting },
): string {
  const end = isShared ? name.indexOf("|") : -1;
  const parts = [user, isGlobal ? "" : containerId, end < 0 ? name : name.slice(0, end)];
  return JSON.stringify(lasting === "never" ? parts : [...parts, lasting]);
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
