import { withDeliveryCount } from "../protocol/message-sections.ts";
import type { Outcome, OutgoingMessage, Source, SourceRequest } from "../protocol/nodes.ts";
import type { Copy, Subscription } from "./subscription.ts";

const STANDARD_FORMAT = 0;

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
export class TopicSource implements Source {
  readonly granted: Source["granted"];
  readonly #subscription: Subscription;
  readonly #leave: () => void;

  /** @param leave takes the subscription out of its topic */
  constructor(
    address: string,
    { capabilities, distributionMode }: SourceRequest,
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
    this.#subscription.close();
    this.#leave();
  }
}
