import { ACCEPTED } from "../protocol/nodes.ts";
import type { IncomingMessage, Outcome, Target, TargetRequest } from "../protocol/nodes.ts";
import type { Tally } from "../tally.ts";
import type { Topic } from "./topic.ts";

/** A publisher's end of a topic. */
export class TopicTarget implements Target {
  readonly granted: Target["granted"];
  readonly #topic: Topic;
  readonly #tally: Tally;
  readonly #leave: () => void;

  /** @param leave takes the publisher out of its topic */
  constructor({ capabilities }: TargetRequest, topic: Topic, tally: Tally, leave: () => void) {
    this.granted = { address: topic.address, capabilities };
    this.#topic = topic;
    this.#tally = tally;
    this.#leave = leave;
  }

  publish({ bytes }: IncomingMessage): Outcome {
    return publishTo(this.#topic, bytes, this.#tally);
  }

  detach(): void {
    this.#leave();
  }
}

/** Publishes to a topic, and says what becomes of the message; undefined stands for a topic to which nobody listens. */
export function publishTo(topic: Topic | undefined, bytes: Buffer, tally: Tally): Outcome {
  const published = topic?.publish(bytes);
  if (published?.kind === "refused") {
    return { kind: "rejected", error: { condition: "amqp:resource-limit-exceeded", description: published.reason } };
  }
  if (published === undefined || published.copies === 0) tally.unrouted++;
  return ACCEPTED;
}
