import type { Outcome, OutgoingMessage, Refusal, Source, SourceRequest } from "../protocol/nodes.ts";
import type { LinkFilters } from "./filter/link-filters.ts";
import { WantedMessages } from "./filter/wanted-messages.ts";
import { grantedCapabilities, wantsExclusive } from "./granted-capabilities.ts";
import type { QueueNode } from "./queue-node.ts";
import { QueueConsumer } from "./queue/queue-consumer.ts";
import type { QueueConsumerOptions } from "./queue/queue-consumer.ts";

/** How a source reaches its link and its node. */
export interface SourceCalls {
  /** There may be a message. */
  readonly onReady: () => void;
  /** Takes the link out of its node. */
  readonly leave: () => void;
  /** The link's XQuery filter has run out of its budget too often: ends the link, not at once. */
  readonly onCostly: () => void;
  /** See {@link QueueConsumerOptions.withholds}; of subscriptions. */
  readonly withholds?: QueueConsumerOptions["withholds"];
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
    calls: SourceCalls,
  ): QueueSource | Refusal {
    if (request.distributionMode === "copy") return new QueueSource(node, request, filters, calls);
    const error = node.consumers.enter(node.queue.name, wantsExclusive(request));
    if (error !== undefined) return { refused: error };
    return new QueueSource(node, request, filters, {
      ...calls,
      leave: () => {
        node.consumers.leave();
        calls.leave();
      },
    });
  }

  private constructor(
    node: QueueNode,
    request: SourceRequest,
    filters: LinkFilters,
    { onReady, leave, onCostly }: SourceCalls,
  ) {
    const { address, distributionMode = "move" } = request;
    const browses = distributionMode === "copy";
    const capabilities = grantedCapabilities(request, "queue");
    this.granted = { address: address ?? node.address, capabilities, distributionMode, filters: filters.applied };
    const wanted = WantedMessages.areAll(filters) ? undefined : new WantedMessages(filters, onCostly);
    if (wanted !== undefined) node.filters.add(wanted);
    this.#consumer = new QueueConsumer(node.queue, {
      ...{ wanted: wanted && ((bytes) => wanted.has(bytes)), browses, onReady },
    });
    this.#leave = () => {
      if (wanted !== undefined) node.filters.remove(wanted);
      leave();
    };
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
