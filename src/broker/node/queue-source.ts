import type { Outcome, OutgoingMessage, Refusal, Source, SourceRequest } from "../protocol/nodes.ts";
import type { LinkFilters } from "./filter/link-filters.ts";
import { wantedMessage } from "./filter/wanted-message.ts";
import { grantedCapabilities, wantsExclusive } from "./granted-capabilities.ts";
import type { QueueNode } from "./queue-node.ts";
import { QueueConsumer } from "./queue/queue-consumer.ts";

/** How a source reaches its link and its node. */
export interface SourceCalls {
  /** There may be a message. */
  readonly onReady: () => void;
  /** Takes the link out of its node. */
  readonly leave: () => void;
}

/** A consumer's end of a queue; with distribution mode `copy` a browser's. */
export class QueueSource implements Source {
  readonly granted: Source["granted"];
  readonly #consumer: QueueConsumer;
  readonly #leave: () => void;

  /** Attaches a consumer, unless one of the consumers wants to be alone. */
  static open(
    node: QueueNode,
    request: SourceRequest,
    filters: LinkFilters,
    { onReady, leave }: SourceCalls,
  ): QueueSource | Refusal {
    if (request.distributionMode === "copy") return new QueueSource(node, request, filters, { onReady, leave });
    const error = node.consumers.enter(node.queue.name, wantsExclusive(request));
    if (error !== undefined) return { refused: error };
    return new QueueSource(node, request, filters, {
      onReady,
      leave: () => {
        node.consumers.leave();
        leave();
      },
    });
  }

  private constructor(node: QueueNode, request: SourceRequest, filters: LinkFilters, { onReady, leave }: SourceCalls) {
    const { address, distributionMode = "move" } = request;
    const browses = distributionMode === "copy";
    const wanted = wantedMessage(filters);
    const capabilities = grantedCapabilities(request, "queue");
    this.granted = { address: address ?? node.address, capabilities, distributionMode, filters: filters.applied };
    this.#consumer = new QueueConsumer(node.queue, { wanted, browses, onReady });
    this.#leave = leave;
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

  detach(): void {
    this.#consumer.close();
    this.#leave();
  }
}
