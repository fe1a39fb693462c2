import { PERFORMATIVES, readComposite } from "./composites.ts";
import { frameBody } from "./frame-body.ts";
import { ProtocolFault } from "./protocol-fault.ts";
import { Scanner } from "./scanner.ts";

const FRAME_TYPE_AMQP = 0;
const TRANSFER = 0x14;

/**
 * Checks a complete AMQP frame (AMQP 1.0, part 2.3 and 2.7): afterwards a decoder finds a known performative whose fields
 * have the right types, and a payload in transfers only. A frame without a body is a heartbeat.
 *
 * @throws ProtocolFault saying which field is wrong
 */
export function checkFrame(frame: Buffer): void {
  const body = frameBody(frame, FRAME_TYPE_AMQP);
  if (body === frame.length) return;
  const scanner = new Scanner(frame, body);
  const { code } = readComposite(scanner, PERFORMATIVES);
  if (code !== TRANSFER && !scanner.done) {
    throw new ProtocolFault("amqp:decode-error", "a frame that is no transfer has a payload");
  }
}
