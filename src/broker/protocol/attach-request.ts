import type { LinkIdentity, SourceRequest, TerminusRequest } from "./nodes.ts";
import type { AttachFrame } from "./performatives.ts";
import { ProtocolFault } from "./protocol-fault.ts";
import type { AmqpError } from "./protocol-fault.ts";
import { isCoordinator, NO_TERMINUS, readMap, readTerminus, symbolsOf } from "./terminus.ts";
import type { TerminusFields } from "./terminus.ts";

/** What an attach asks of the broker's end of a link. */
export type AttachRequest =
  | { readonly kind: "terminus"; readonly fields: TerminusFields; readonly request: SourceRequest }
  | { readonly kind: "refused"; readonly error: AmqpError };

/**
 * Reads the terminus that is at the broker's end: the source of a consumer's link, the target of a publisher's.
 *
 * @throws ProtocolFault `amqp:decode-error`
 */
export function readAttachRequest(attach: AttachFrame, link: LinkIdentity): AttachRequest {
  const { role, source, target } = attach;
  if (!role && isCoordinator(target)) {
    return refused("amqp:not-implemented", "this broker has no transactions: the target must be an address");
  }
  const encoded = role ? source : target;
  if (encoded === undefined) {
    if (role) return { kind: "terminus", fields: NO_TERMINUS, request: resumption(attach, link) };
    return refused("amqp:invalid-field", "the attach has no target; expected one with an address");
  }
  try {
    const fields = readTerminus(encoded);
    return { kind: "terminus", fields, request: requestOf(fields, attach, link) };
  } catch (error) {
    if (error instanceof ProtocolFault && error.condition === "amqp:invalid-field") {
      return { kind: "refused", error: error.error };
    }
    throw error;
  }
}

function requestOf(fields: TerminusFields, { properties }: AttachFrame, link: LinkIdentity): SourceRequest {
  const { address, dynamic, durable, expiryPolicy, timeoutSeconds, capabilities, distributionMode, filters } = fields;
  const common: TerminusRequest = {
    ...{ link, dynamic, durable, expiryPolicy, timeoutSeconds, capabilities },
    // An address that is asked for along with a dynamic node must be ignored (AMQP 1.0, part 3.5.3).
    address: dynamic === undefined ? address : undefined,
    properties: readMap(properties),
  };
  return { ...common, distributionMode, filters, resumes: false };
}

/** Without source the link has the one that it had before (AMQP 1.0, part 2.6.3). Some clients say by capabilities what it was. */
function resumption({ desiredCapabilities, properties }: AttachFrame, link: LinkIdentity): SourceRequest {
  const { dynamic, durable, expiryPolicy, timeoutSeconds, distributionMode, filters } = NO_TERMINUS;
  return {
    ...{ link, address: undefined, dynamic, durable, expiryPolicy, timeoutSeconds, distributionMode, filters },
    ...{ capabilities: symbolsOf(desiredCapabilities), properties: readMap(properties), resumes: true },
  };
}

function refused(condition: AmqpError["condition"], description: string): AttachRequest {
  return { kind: "refused", error: { condition, description } };
}
