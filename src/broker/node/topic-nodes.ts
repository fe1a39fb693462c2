import type { BrokerLimits } from "../limits.ts";
import type {
  IncomingMessage,
  LinkIdentity,
  Nodes,
  Outcome,
  OutgoingMessage,
  Refusal,
  Source,
  SourceLink,
  SourceRequest,
  Target,
  TargetRequest,
  TerminusRequest,
} from "../protocol/nodes.ts";
import { ACCEPTED } from "../protocol/nodes.ts";
import { withDeliveryCount } from "../protocol/message-sections.ts";
import type { Tally } from "../tally.ts";
import type { MemoryBudget } from "./memory-budget.ts";
import { Subscription } from "./subscription.ts";
import type { Copy } from "./subscription.ts";
import type { Topic } from "./topic.ts";
import { Topics } from "./topics.ts";

/** UTF-16 code units of names that go into descriptions. */
const MAX_SHOWN_LENGTH = 100;
const STANDARD_FORMAT = 0;

/** The nodes of a broker that has topics and nothing else: each address is a topic, each consumer a subscription. */
export class TopicNodes implements Nodes {
  readonly #limits: BrokerLimits;
  readonly #tally: Tally;
  readonly #topics: Topics;

  constructor(limits: BrokerLimits, budget: MemoryBudget, tally: Tally) {
    this.#limits = limits;
    this.#tally = tally;
    this.#topics = new Topics(limits.maxTopics, budget);
  }

  openSource(request: SourceRequest, link: SourceLink): Source | Refusal {
    const topic = this.#enter(request, "source");
    if ("refused" in topic) return topic;
    const subscription = new Subscription(nameOf(request.link, topic.address), this.#limits, this.#tally);
    subscription.onReady = () => link.ready();
    topic.subscribe(subscription);
    return new TopicSource(request, subscription, () => {
      topic.unsubscribe(subscription);
      this.#topics.leave(topic);
    });
  }

  openTarget(request: TargetRequest): Target | Refusal {
    const topic = this.#enter(request, "target");
    if ("refused" in topic) return topic;
    return new TopicTarget(request, topic, this.#tally, () => this.#topics.leave(topic));
  }

  #enter({ address, dynamic }: TerminusRequest, what: "source" | "target"): Topic | Refusal {
    if (dynamic !== undefined) {
      return refused("amqp:not-implemented", `a dynamic ${what} is not supported; give an address of your own choice`);
    }
    if (address === undefined || address === "") {
      return refused("amqp:not-found", `the ${what} has no address; expected the name of a topic, such as org.clacks`);
    }
    return (
      this.#topics.enter(address) ??
      refused("amqp:resource-limit-exceeded", `there are ${this.#limits.maxTopics} topics, the limit (maxTopics)`)
    );
  }
}

/** A copy that is on its way to its consumer. */
class SentCopy implements OutgoingMessage {
  readonly copy: Copy;
  readonly bytes: Buffer;
  readonly format = STANDARD_FORMAT;

  constructor(copy: Copy) {
    const { message, failures } = copy;
    this.copy = copy;
    this.bytes = failures === 0 ? message.bytes : withDeliveryCount(message.bytes, failures);
  }
}

/** A consumer's end of a topic. */
class TopicSource implements Source {
  readonly granted: Source["granted"];
  readonly #subscription: Subscription;
  readonly #leave: () => void;

  constructor(
    { address, capabilities, distributionMode }: SourceRequest,
    subscription: Subscription,
    leave: () => void,
  ) {
    this.granted = { address, capabilities, ...(distributionMode === undefined ? {} : { distributionMode }) };
    this.#subscription = subscription;
    this.#leave = leave;
  }

  next(): OutgoingMessage | "empty" {
    const copy = this.#subscription.take();
    return copy === undefined ? "empty" : new SentCopy(copy);
  }

  settle(message: OutgoingMessage, outcome: Outcome): void {
    if (message instanceof SentCopy) this.#subscription.settle(message.copy, outcome);
  }

  sentSettled(message: OutgoingMessage): void {
    if (message instanceof SentCopy) this.#subscription.finish(message.copy);
  }

  /** A detached subscription does not come back, so it ends like a closed one. */
  detach(): void {
    this.#leave();
    this.#subscription.close();
  }
}

/** A publisher's end of a topic. */
class TopicTarget implements Target {
  readonly granted: Target["granted"];
  readonly #topic: Topic;
  readonly #tally: Tally;
  readonly #leave: () => void;

  constructor({ address, capabilities }: TargetRequest, topic: Topic, tally: Tally, leave: () => void) {
    this.granted = { address, capabilities };
    this.#topic = topic;
    this.#tally = tally;
    this.#leave = leave;
  }

  publish({ bytes }: IncomingMessage): Outcome {
    const published = this.#topic.publish(bytes);
    if (published.kind === "refused") {
      return {
        kind: "rejected",
        error: { condition: "amqp:resource-limit-exceeded", description: published.reason },
      };
    }
    if (published.copies === 0) this.#tally.unrouted++;
    return ACCEPTED;
  }

  detach(): void {
    this.#leave();
  }
}

/** Names a subscription in messages for people. */
function nameOf({ name, containerId }: LinkIdentity, address: string): string {
  return `${shown(name)} of container ${shown(containerId)} on ${shown(address)}`;
}

function shown(name: string): string {
  return JSON.stringify(name.length > MAX_SHOWN_LENGTH ? `${name.slice(0, MAX_SHOWN_LENGTH)}…` : name);
}

function refused(condition: string, description: string): Refusal {
  return { refused: { condition, description } };
}
