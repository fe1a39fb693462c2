import type { FilterMessage } from "../../filter/index.ts";
import { bodyOf } from "../node/message/body.ts";
import { MessageView } from "../node/message/message-view.ts";
import { sectionsOf } from "../node/message/sections.ts";
import { readTo } from "../protocol/message-sections.ts";
import type { IncomingMessage, Nodes, Opening, Target } from "../protocol/nodes.ts";

/** A message that a broker has accepted. */
export interface AcceptedMessage {
  /** Where it was published. */
  readonly address: string;
  /** Text or bytes of the body; undefined for a body that has none. */
  readonly body: string | Uint8Array | undefined;
  /** What filters may ask besides the document. */
  readonly filterMessage: FilterMessage;
}

/** The same nodes; `onAccepted` hears of every message that a publisher's link gave them and that they took. */
export function observeAccepted(nodes: Nodes, onAccepted: (message: AcceptedMessage) => void): Nodes {
  return {
    openSource: (request, link) => nodes.openSource(request, link),
    openTarget: (request, link) => {
      const opening: Opening<Target> = nodes.openTarget(request, link);
      return opening instanceof Promise
        ? opening.then((target) => ("refused" in target ? target : observed(target)))
        : "refused" in opening
          ? opening
          : observed(opening);
    },
  };

  function observed(target: Target): Target {
    return {
      granted: target.granted,
      detach: (why) => target.detach(why),
      publish: (message) => {
        const accepted = describe(message, target.granted.address);
        const outcome = target.publish(message);
        if (outcome instanceof Promise) {
          return outcome.then((later) => {
            if (later.kind === "accepted") onAccepted(accepted);
            return later;
          });
        }
        if (outcome.kind === "accepted") onAccepted(accepted);
        return outcome;
      },
    };
  }
}

function describe({ bytes }: IncomingMessage, address: string | undefined): AcceptedMessage {
  const own = Buffer.from(bytes);
  const { filterMessage } = new MessageView(own);
  return { address: address ?? readTo(own) ?? "", body: bodyOf(own, sectionsOf(own).body), filterMessage };
}
