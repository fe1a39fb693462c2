import type { AmqpValue } from "./codec/amqp-value.ts";
import { boolean, NULL, string, ubyte, uint, ulong } from "./codec/amqp-value.ts";
import { encodeValue } from "./codec/encode-value.ts";
import { errorValue } from "./delivery-state.ts";
import { ATTACH, DETACH } from "./performatives.ts";
import type { AttachFrame } from "./performatives.ts";
import type { AmqpError } from "./protocol-fault.ts";

/** Encoded null. */
const ENCODED_NULL: Buffer = Buffer.from([0x40]);
/** A publisher's deliveries are settled by the broker at once: rcv-settle-mode first (AMQP 1.0, part 2.8.3). */
const FIRST = 0;

/** The broker's termini in its answer to an attach; none where the link is refused. */
export interface AnsweredTermini {
  /** Encoded: the broker's own terminus, or the one that the peer told about itself. */
  readonly source: Buffer | undefined;
  readonly target: Buffer | undefined;
}

/** The answer to an attach: same name and handle, the other role (AMQP 1.0, part 2.6.3). */
export function encodeAttach(
  asked: AttachFrame,
  { source, target }: AnsweredTermini,
  initialDeliveryCount: number,
  maxMessageBytes: number,
): Buffer {
  const sends = asked.role;
  return encodeFields(ATTACH, [
    encodeValue(string(asked.name)),
    encodeValue(uint(asked.handle)),
    encodeValue(boolean(!asked.role)),
    encodeValue(ubyte(asked.sndSettleMode)),
    encodeValue(ubyte(sends ? asked.rcvSettleMode : FIRST)),
    source ?? ENCODED_NULL,
    target ?? ENCODED_NULL,
    ENCODED_NULL,
    ENCODED_NULL,
    sends ? encodeValue(uint(initialDeliveryCount)) : ENCODED_NULL,
    encodeValue(sends ? NULL : ulong(BigInt(maxMessageBytes))),
  ]);
}

/** The end of a link (AMQP 1.0, part 2.7.7). */
export function encodeDetach(handle: number, closed: boolean, error: AmqpError | undefined): Buffer {
  const fields: AmqpValue[] = [uint(handle), boolean(closed)];
  if (error !== undefined) fields.push(errorValue(error));
  return encodeFields(DETACH, fields.map(encodeValue));
}

/** A performative whose fields are encoded already. */
export function encodeFields(descriptor: number, fields: readonly Buffer[]): Buffer {
  const content = Buffer.concat(fields);
  if (content.length < 0xff) {
    return Buffer.concat([Buffer.of(0x00, 0x53, descriptor, 0xc0, content.length + 1, fields.length), content]);
  }
  const head = Buffer.from([0x00, 0x53, descriptor, 0xd0, 0, 0, 0, 0, 0, 0, 0, fields.length]);
  head.writeUInt32BE(content.length + 4, 4);
  return Buffer.concat([head, content]);
}
