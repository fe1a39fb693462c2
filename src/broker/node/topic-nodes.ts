import type { BrokerLimits } from "../limits.ts";
import type {
  DynamicNodeRequest,
  LinkIdentity,
  Nodes,
  Refusal,
  Source,
  SourceLink,
  SourceRequest,
  Target,
  TargetLink,
  TargetRequest,
  TerminusRequest,
} from "../protocol/nodes.ts";
import type { Tally } from "../tally.ts";
import type { MemoryBudget } from "./memory-budget.ts";
import { RelayTarget } from "./relay-target.ts";
import { Subscription } from "./subscription.ts";
import { isTemporary, temporaryAddress } from "./temporary-address.ts";
import type { Topic } from "./topic.ts";
import { TopicSource } from "./topic-source.ts";
import { TopicTarget } from "./topic-target.ts";
import { Topics } from "./topics.ts";
import type { CloseLink } from "./topics.ts";

/** UTF-16 code units of names that go into descriptions. */
const MAX_SHOWN_LENGTH = 100;

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
    const close: CloseLink = (error) => link.close(error);
    const topic = this.#enter(request, close);
    if ("refused" in topic) return topic;
    const subscription = new Subscription(nameOf(request.link, topic.address), this.#limits, this.#tally);
    subscription.onReady = () => link.ready();
    topic.subscribe(subscription);
    return new TopicSource(topic.address, request, subscription, () => {
      topic.unsubscribe(subscription);
      this.#leave(topic, close, request.dynamic);
    });
  }

  openTarget(request: TargetRequest, link: TargetLink): Target | Refusal {
    if (request.address === undefined && request.dynamic === undefined) {
      return new RelayTarget(request, this.#topics, this.#tally);
    }
    const close: CloseLink = (error) => link.close(error);
    const topic = this.#enter(request, close);
    if ("refused" in topic) return topic;
    return new TopicTarget(request, topic, this.#tally, () => this.#leave(topic, close, request.dynamic));
  }

  #enter({ address, dynamic }: TerminusRequest, link: CloseLink): Topic | Refusal {
    const wanted = dynamic === undefined ? address : temporaryAddress();
    if (wanted === undefined || wanted === "") {
      return refused("amqp:not-found", "the attach has no address; expected the name of a topic, such as org.clacks");
    }
    if (dynamic === undefined && isTemporary(wanted) && this.#topics.find(wanted) === undefined) {
      return refused("amqp:not-found", "there is no such temporary topic any more");
    }
    return (
      this.#topics.enter(wanted, link) ??
      refused("amqp:resource-limit-exceeded", `there are ${this.#limits.maxTopics} topics, the limit (maxTopics)`)
    );
  }

  /**
   * A topic keeps no messages of its own, so the four lifetime policies (AMQP 1.0, part 3.5.10 to 3.5.13) are two: with the
   * link that created it, or with its last link, as any topic.
   */
  #leave(topic: Topic, link: CloseLink, dynamic: DynamicNodeRequest | undefined): void {
    this.#topics.leave(topic, link);
    const lifetime = dynamic?.lifetime;
    if (lifetime === "delete-on-close" || lifetime === "delete-on-no-messages") this.#topics.delete(topic);
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
