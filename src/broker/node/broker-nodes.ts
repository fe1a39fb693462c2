import type {
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
import { readLinkFilters } from "./filter/link-filters.ts";
import { storeError } from "./hand-out.ts";
import type { NodeContext } from "./node-store.ts";
import { NodeStore } from "./node-store.ts";
import { NodeTarget } from "./node-target.ts";
import { Publishing } from "./publish.ts";
import type { PublishHook } from "./publish.ts";
import { QueueSource } from "./queue-source.ts";
import { RelayTarget } from "./relay-target.ts";
import { isTemporary, temporaryAddress } from "./temporary-address.ts";
import { findKept, SubscriptionAttachment } from "./topic/subscription-attachment.ts";

/** The nodes of a broker: topics with subscriptions, and queues. */
export class BrokerNodes implements Nodes {
  readonly store: NodeStore;
  readonly #hook: PublishHook | undefined;

  constructor(context: NodeContext, hook?: PublishHook) {
    this.store = new NodeStore(context);
    this.#hook = hook;
  }

  openSource(request: SourceRequest, link: SourceLink): Opening<Source> {
    if (request.resumes) return this.#resume(request, link);
    const filters = readLinkFilters(request.filters, request.link.connection);
    if ("invalid" in filters) return refused("amqp:invalid-field", filters.invalid);
    const close: CloseLink = (error) => link.close(error);
    const node = this.#enter(request, close);
    if ("refused" in node) return node;
    const leave = (): void => this.#leave(node, close, request);
    if (node.kind === "queue") {
      const source = QueueSource.open(node, request, filters, { onReady: () => link.ready(), leave });
      if ("refused" in source) leave();
      return source;
    }
    const source = SubscriptionAttachment.open(this.store, node, request, filters, {
      ...{ onReady: () => link.ready(), leave },
    });
    if (!(source instanceof Promise) && "refused" in source) leave();
    return source;
  }

  openTarget(request: TargetRequest, link: TargetLink): Target | Refusal {
    const publishing = new Publishing(this.store, request.link, this.#hook);
    if (request.address === undefined && request.dynamic === undefined) return new RelayTarget(request, publishing);
    const close: CloseLink = (error) => link.close(error);
    const node = this.#enter(request, close);
    if ("refused" in node) return node;
    if (node.kind === "queue") node.queue.addPublisher(link);
    return new NodeTarget(request, node, publishing, () => {
      if (node.kind === "queue") node.queue.removePublisher(link);
      this.#leave(node, close, request);
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
    const close: CloseLink = (error) => link.close(error);
    this.store.addresses.enter(topic, close);
    const leave = (): void => this.store.addresses.leave(topic, close);
    return SubscriptionAttachment.resume(this.store, topic, subscription, request, {
      ...{ onReady: () => link.ready(), leave },
    });
  }

  #enter(request: TerminusRequest, link: CloseLink): Node | Refusal {
    const { address, dynamic } = request;
    const asked = dynamic === undefined ? address : temporaryAddress();
    if (asked === undefined || asked === "") {
      return refused("amqp:not-found", "the attach has no address; expected the name of a topic, such as org.clacks");
    }
    const wanted = wantedNode(asked, request);
    if (dynamic === undefined && isTemporary(asked) && this.store.addresses.find(asked) === undefined) {
      return refused("amqp:not-found", "there is no such temporary topic any more");
    }
    const node = this.store.nodeFor(wanted.address, wanted.kind ?? "topic");
    if ("condition" in node) return { refused: node };
    if (wanted.kind !== undefined && node.kind !== wanted.kind) {
      return refused("amqp:not-allowed", `${JSON.stringify(node.address)} is a ${node.kind}, not a ${wanted.kind}`);
    }
    const failure = isTemporary(node.address) ? undefined : this.store.context.store?.failure;
    if (failure !== undefined) return { refused: storeError(failure) };
    this.store.addresses.enter(node, link);
    return node;
  }

  /** The lifetime policies of a dynamic node (AMQP 1.0, part 3.5.10 to 3.5.13); others go when they are idle. */
  #leave(node: Node, link: CloseLink, { dynamic }: TerminusRequest): void {
    this.store.addresses.leave(node, link);
    const description = `the temporary ${node.kind} was deleted by its owner`;
    switch (dynamic?.lifetime) {
      case "delete-on-close":
        return this.store.addresses.delete(node, description);
      case "delete-on-no-links":
        if (this.store.addresses.linksOf(node) === 0) this.store.addresses.delete(node, description);
        return;
      case "delete-on-no-messages":
        if (node.kind === "topic" || node.isIdle) this.store.addresses.delete(node, description);
        return;
      default:
    }
  }
}

function refused(condition: string, description: string): Refusal {
  return { refused: { condition, description } };
}
