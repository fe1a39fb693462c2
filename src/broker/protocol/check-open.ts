import type { OpenFrame } from "./performatives.ts";
import { ProtocolFault } from "./protocol-fault.ts";

/** The smallest max-frame-size that a peer may have (AMQP 1.0, part 2.3); what holds before its open. */
export const MIN_MAX_FRAME_SIZE = 512;
/** Heartbeats more often than twice in that many ms would be work without use. */
const MIN_IDLE_TIMEOUT_MS = 100;
/** UTF-16 code units of a container's name. */
const MAX_CONTAINER_ID_LENGTH = 1024;

/** @throws ProtocolFault for an open that asks for what cannot be (AMQP 1.0, part 2.7.1) */
export function checkOpen({ maxFrameSize, idleTimeOut, containerId }: OpenFrame): void {
  if (maxFrameSize < MIN_MAX_FRAME_SIZE) {
    throw invalid(`max-frame-size is ${maxFrameSize}; expected at least ${MIN_MAX_FRAME_SIZE}`);
  }
  if (idleTimeOut > 0 && idleTimeOut < MIN_IDLE_TIMEOUT_MS) {
    throw invalid(`idle-time-out is ${idleTimeOut} ms; expected 0 or at least ${MIN_IDLE_TIMEOUT_MS}`);
  }
  if (containerId.length > MAX_CONTAINER_ID_LENGTH) {
    throw invalid(`the container-id has ${containerId.length} characters; at most ${MAX_CONTAINER_ID_LENGTH}`);
  }
}

function invalid(description: string): ProtocolFault {
  return new ProtocolFault("amqp:invalid-field", description);
}
