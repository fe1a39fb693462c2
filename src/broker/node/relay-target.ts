import { readTo } from "../protocol/message-sections.ts";
import type { IncomingMessage, Outcome, Target, TargetRequest } from "../protocol/nodes.ts";
import type { Tally } from "../tally.ts";
import { isTemporary } from "./temporary-address.ts";
import { publishTo } from "./topic-target.ts";
import type { Topics } from "./topics.ts";

/**
 * A publisher's end of no topic in particular: each message names its own in `to` (Using the AMQP Anonymous Terminus for
 * Message Routing 1.0). Answers to a request go that way, to the temporary topic of whoever asked.
 */
export class RelayTarget implements Target {
  readonly granted: Target["granted"];
  readonly #topics: Topics;
  readonly #tally: Tally;

  constructor({ capabilities }: TargetRequest, topics: Topics, tally: Tally) {
    this.granted = { address: undefined, capabilities };
    this.#topics = topics;
    this.#tally = tally;
  }

  publish({ bytes }: IncomingMessage): Outcome {
    const to = readTo(bytes);
    if (to === undefined || to === "") {
      return notFound("the message has no address in its property to, which a link without address needs");
    }
    const topic = this.#topics.find(to);
    if (topic === undefined && isTemporary(to)) return notFound(`there is no temporary topic ${to} any more`);
    return publishTo(topic, bytes, this.#tally);
  }

  detach(): void {}
}

function notFound(description: string): Outcome {
  return { kind: "rejected", error: { condition: "amqp:not-found", description } };
}
