import { readTo } from "../protocol/message-sections.ts";
import type { IncomingMessage, Outcome, Target, TargetRequest } from "../protocol/nodes.ts";
import { wantedNode } from "./address-rules.ts";
import type { Publishing } from "./publish.ts";
import { isTemporary } from "./temporary-address.ts";

/**
 * A publisher's end of no node in particular: each message names its own in `to` (Using the AMQP Anonymous Terminus for
 * Message Routing 1.0). Answers to a request go that way, to the temporary node of whoever asked.
 */
export class RelayTarget implements Target {
  readonly granted: Target["granted"];
  readonly #publishing: Publishing;

  constructor({ capabilities }: TargetRequest, publishing: Publishing) {
    this.granted = { address: undefined, capabilities };
    this.#publishing = publishing;
  }

  publish(message: IncomingMessage): Outcome | Promise<Outcome> {
    const { store } = this.#publishing;
    const to = readTo(message.bytes);
    if (to === undefined || to === "") {
      return notFound("the message has no address in its property to, which a link without address needs");
    }
    const { address, kind: wanted } = wantedNode(to, { capabilities: [] });
    const node = store.addresses.find(address);
    if (isTemporary(address) && node === undefined) {
      return notFound(`there is no temporary topic ${address} any more`);
    }
    const { access, link } = this.#publishing;
    const error = node === undefined ? access.rightOf(link, "create", address).refusal() : undefined;
    if (error !== undefined) return { kind: "rejected", error };
    const kind = node?.kind ?? wanted ?? "topic";
    return this.#publishing.publish(message, {
      ...{ address, kind },
      publish: (view) => store.publishTo(address, kind, view),
    });
  }

  detach(): void {}
}

function notFound(description: string): Outcome {
  return { kind: "rejected", error: { condition: "amqp:not-found", description } };
}
