import { AccessControl } from "../access/access-control.ts";
import type { AccessAction } from "../access/access-rule.ts";
import type {
  LifetimePolicy,
  Nodes,
  Opening,
  Refusal,
  Source,
  SourceLink,
  SourceRequest,
  Target,
  TargetLink,
  TargetRequest,
  TerminusRequest,
} from "../protocol/nodes.ts";
import { wantedNode } from "./address-rules.ts";
import type { CloseLink, Node } from "./addresses.ts";
import { CostlyFilters } from "./filter/costly-filters.ts";
import { TOO_COSTLY, TRY_LATER } from "./filter/filter-budget.ts";
import { readLinkFilters } from "./filter/link-filters.ts";
import type { Condition, LinkFilters } from "./filter/link-filters.ts";
import { storeError } from "./hand-out.ts";
import type { RecoveredQueue } from "../store/message-store.ts";
import type { NodeContext } from "./node-store.ts";
import { NodeStore } from "./node-store.ts";
import { NodeTarget } from "./node-target.ts";
import { Publishing } from "./publish.ts";
import type { PublishHook } from "./publish.ts";
import { MessageView } from "./message/message-view.ts";
import type { Entry } from "./queue/entry.ts";
import { QueueSource } from "./queue-source.ts";
import type { SourceCalls } from "./queue-source.ts";
import { RelayTarget } from "./relay-target.ts";
import { isTemporary, temporaryAddress } from "./temporary-address.ts";
import { findKept, SubscriptionAttachment } from "./topic/subscription-attachment.ts";

/** A node that a link is attached to, and how the link leaves it. */
interface Entered {
  readonly node: Node;
  readonly leave: () => void;
}

/** The nodes of a broker: topics with subscriptions, and queues. */
export class BrokerNodes implements Nodes {
  readonly store: NodeStore;
  readonly #hook: PublishHook | undefined;
  readonly #access: AccessControl;
  readonly #costly: CostlyFilters;
  /** Of temporary nodes. */
  readonly #lifetimes = new WeakMap<Node, LifetimePolicy>();

  /** @param access default: everybody who has logged in may do everything */
  constructor(context: NodeContext, hook?: PublishHook, access?: AccessControl) {
    this.store = new NodeStore(context);
    this.#hook = hook;
    this.#costly = new CostlyFilters(context.clock);
    this.#access = access ?? new AccessControl(undefined, context.tally, context.clock);
  }

  openSource(request: SourceRequest, link: SourceLink): Opening<Source> {
    if (request.resumes) return this.#resume(request, link);
    const close: CloseLink = (error) => link.close(error);
    const entered = this.#enter(request, "consume", close);
    if ("refused" in entered) return entered;
    const { node, leave } = entered;
    const wanted = this.#filtersOf(request, node);
    if ("refused" in wanted) {
      leave();
      return wanted;
    }
    const filters = this.#receivable(wanted, request.link.user, node.address, node.kind);
    if (node.kind === "queue") {
      const source = QueueSource.open(node, request, filters, this.#calls(request, link, leave));
      if ("refused" in source) leave();
      return source;
    }
    const calls = { ...this.#calls(request, link, leave), withholds: this.#withholding(request, node.address) };
    const source = SubscriptionAttachment.open(this.store, node, request, filters, calls);
    if (!(source instanceof Promise) && "refused" in source) leave();
    return source;
  }

  openTarget(request: TargetRequest, link: TargetLink): Target | Refusal {
    const publishing = new Publishing(this.store, request.link, this.#access, this.#hook);
    if (request.address === undefined && request.dynamic === undefined) return new RelayTarget(request, publishing);
    const close: CloseLink = (error) => link.close(error);
    const entered = this.#enter(request, "publish", close);
    if ("refused" in entered) return entered;
    const { node, leave } = entered;
    if (node.kind === "queue") node.queue.addPublisher(link);
    return new NodeTarget(request, node, publishing, () => {
      if (node.kind === "queue") node.queue.removePublisher(link);
      leave();
    });
  }

  /** A link without source has the kept subscription of its name again; that is how JMS clients end one. */
  #resume(request: SourceRequest, link: SourceLink): Source | Refusal {
    const found = findKept(this.store.addresses, request);
    if (found === undefined) {
      const name = JSON.stringify(request.link.name.slice(0, 100));
      return refused("amqp:not-found", `the attach has no source, and no subscription ${name} is kept`);
    }
    const { topic, subscription } = found;
    const refusal = this.#refusal(request, "consume", topic.address);
    if (refusal !== undefined) return refusal;
    const close: CloseLink = (error) => link.close(error);
    this.store.addresses.enter(topic, close);
    const unguard = this.#access.guard(this.#access.rightOf(request.link, "consume", topic.address), close);
    const leave = (): void => {
      unguard();
      this.store.addresses.leave(topic, close);
    };
    return SubscriptionAttachment.resume(this.store, topic, subscription, request, {
      ...{ ...this.#calls(request, link, leave), withholds: this.#withholding(request, topic.address) },
    });
  }

  #filtersOf({ filters, capabilities, link }: SourceRequest, { kind }: Node): LinkFilters | Refusal {
    // A queue does not know who published; those who share a subscription are not one.
    const knowsPublisher = kind === "topic" && !capabilities.includes("shared");
    const wanted = readLinkFilters(filters, knowsPublisher ? link.connection : undefined);
    if ("invalid" in wanted) return refused("amqp:invalid-field", wanted.invalid);
    return wanted.query !== undefined && this.#costly.isBlocked(link.user) ? { refused: TRY_LATER } : wanted;
  }

  /** A link whose filter costs too much ends when the message at hand has been dealt with. */
  #calls({ link: { user } }: SourceRequest, link: SourceLink, leave: () => void): SourceCalls {
    const onCostly = (): void => {
      this.#costly.count(user);
      setImmediate(() => link.close(TOO_COSTLY));
    };
    return { onReady: () => link.ready(), leave, onCostly };
  }

  /** What was queued for a user before the rules of the moment is looked at again. */
  #withholding({ link }: SourceRequest, address: string): (entry: Entry) => boolean {
    const right = this.#access.rightOf(link, "consume", address);
    return ({ arrivedAt, message }) => {
      if (arrivedAt > this.#access.since || right.allows(new MessageView(message.bytes))) return false;
      this.#access.withheld();
      return true;
    };
  }

  /** Makes the nodes again that are on disk. */
  recover(queues: readonly RecoveredQueue[]): Promise<void> {
    return this.store.recover(queues, (filters, user, address) => this.#receivable(filters, user, address, "topic"));
  }

  /** Filters that let nothing pass which the user may not receive. */
  #receivable(filters: LinkFilters, user: string, address: string, kind: Node["kind"]): LinkFilters {
    // A subscription may live to see the first rules; links to queues have to be attached again then.
    if (isTemporary(address) || (kind === "queue" && !this.#access.hasRules)) return filters;
    const right = this.#access.rightOf({ user }, "consume", address);
    const isReceivable: Condition = (message) => {
      const isAllowed = right.allows(message);
      // What stays in a queue is not lost to its consumer.
      if (!isAllowed && kind === "topic") this.#access.withheld();
      return isAllowed;
    };
    return { ...filters, conditions: [...filters.conditions, isReceivable] };
  }

  /** Why the address must not be used so; what may not be done with a node must not make it either. */
  #refusal({ link, dynamic }: TerminusRequest, action: AccessAction, address: string): Refusal | undefined {
    const makes = dynamic === undefined && this.store.addresses.find(address) === undefined;
    const error =
      this.#access.rightOf(link, action, address).refusal() ??
      (makes ? this.#access.rightOf(link, "create", address).refusal() : undefined);
    return error === undefined ? undefined : { refused: error };
  }

  #enter(request: TerminusRequest, action: AccessAction, link: CloseLink): Entered | Refusal {
    const { address, dynamic } = request;
    const asked = dynamic === undefined ? address : temporaryAddress();
    if (asked === undefined || asked === "") {
      return refused("amqp:not-found", "the attach has no address; expected the name of a topic, such as org.clacks");
    }
    const wanted = wantedNode(asked, request);
    if (dynamic === undefined && isTemporary(asked) && this.store.addresses.find(asked) === undefined) {
      return refused("amqp:not-found", "there is no such temporary topic any more");
    }
    const denied = this.#refusal(request, action, wanted.address);
    if (denied !== undefined) return denied;
    const node = this.store.nodeFor(wanted.address, wanted.kind ?? "topic");
    if ("condition" in node) return { refused: node };
    if (wanted.kind !== undefined && node.kind !== wanted.kind) {
      return refused("amqp:not-allowed", `${JSON.stringify(node.address)} is a ${node.kind}, not a ${wanted.kind}`);
    }
    const failure = isTemporary(node.address) ? undefined : this.store.context.store?.failure;
    if (failure !== undefined) return { refused: storeError(failure) };
    this.store.addresses.enter(node, link);
    const unguard = this.#access.guard(this.#access.rightOf(request.link, action, node.address), link);
    if (dynamic !== undefined) this.#lifetimes.set(node, dynamic.lifetime);
    const leave = (): void => {
      unguard();
      this.#leave(node, link, request);
    };
    return { node, leave };
  }

  /** The lifetime policies of a dynamic node (AMQP 1.0, part 3.5.10 to 3.5.13); others go when they are idle. */
  #leave(node: Node, link: CloseLink, { dynamic }: TerminusRequest): void {
    this.store.addresses.leave(node, link);
    const isOwner = dynamic !== undefined;
    const description = `the temporary ${node.kind} was deleted ${isOwner ? "by its owner" : "with its last link or message"}`;
    switch (this.#lifetimes.get(node)) {
      case "delete-on-close":
        if (!isOwner) return;
        return this.store.addresses.delete(node, description);
      case "delete-on-no-links":
        if (this.store.addresses.linksOf(node) === 0) this.store.addresses.delete(node, description);
        return;
      case "delete-on-no-messages":
        if (!isOwner && this.store.addresses.linksOf(node) > 0) return;
        if (node.kind === "topic" || node.isIdle) this.store.addresses.delete(node, description);
        return;
      default:
    }
  }
}

function refused(condition: string, description: string): Refusal {
  return { refused: { condition, description } };
}
