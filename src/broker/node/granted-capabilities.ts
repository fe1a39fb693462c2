import type { SourceRequest, TerminusRequest } from "../protocol/nodes.ts";
import type { Node } from "./addresses.ts";

/** Of a consumer that wants to be the only one of its queue. */
export const EXCLUSIVE = "exclusive";

/** What a terminus may ask of a node, and the node does. */
const CAPABILITIES: Readonly<Record<Node["kind"], readonly string[]>> = {
  queue: ["queue", "temporary-queue", EXCLUSIVE],
  topic: ["topic", "temporary-topic", "shared", "global"],
};

/** The capabilities that are granted: those that were asked for and that there are. */
export function grantedCapabilities({ capabilities }: TerminusRequest, kind: Node["kind"]): readonly string[] {
  return capabilities.filter((name) => CAPABILITIES[kind].includes(name));
}

/** Whether a consumer asks for a queue alone: by the capability, or by the property `x-opt-exclusive` of its link. */
export function wantsExclusive({ capabilities, properties }: SourceRequest): boolean {
  if (capabilities.includes(EXCLUSIVE)) return true;
  return (properties?.value ?? []).some(
    ([key, { value }]) => key.type === "symbol" && key.value === "x-opt-exclusive" && value === true,
  );
}
