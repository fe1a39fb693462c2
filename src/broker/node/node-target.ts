import type { IncomingMessage, Outcome, Target, TargetRequest } from "../protocol/nodes.ts";
import type { Node } from "./addresses.ts";
import { grantedCapabilities } from "./granted-capabilities.ts";
import type { Publishing } from "./publish.ts";

/** A publisher's end of a topic or a queue. */
export class NodeTarget implements Target {
  readonly granted: Target["granted"];
  readonly #node: Node;
  readonly #publishing: Publishing;
  readonly #leave: () => void;

  /** @param leave takes the publisher out of its node */
  constructor(request: TargetRequest, node: Node, publishing: Publishing, leave: () => void) {
    const { address = node.address } = request;
    this.granted = { address, capabilities: grantedCapabilities(request, node.kind) };
    this.#node = node;
    this.#publishing = publishing;
    this.#leave = leave;
  }

  publish(message: IncomingMessage): Outcome | Promise<Outcome> {
    const { store } = this.#publishing;
    const { address, kind } = this.#node;
    return this.#publishing.publish(message, {
      ...{ address, kind },
      publish: (view) => {
        const isThere = store.addresses.find(address) === this.#node;
        // The node may have gone with its last link while the message waited.
        return isThere ? store.publish(this.#node, view) : store.publishTo(address, kind, view);
      },
    });
  }

  detach(): void {
    this.#leave();
  }
}
