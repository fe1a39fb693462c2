import { binary, composite, symbols, ubyte } from "../protocol/codec/amqp-value.ts";
import type { AmqpValue } from "../protocol/codec/amqp-value.ts";
import { encodeValue } from "../protocol/codec/encode-value.ts";
import { FieldReader } from "../protocol/codec/field-reader.ts";
import { Scanner } from "../protocol/codec/scanner.ts";
import { frameBody } from "../protocol/frame-body.ts";
import { ProtocolFault } from "../protocol/protocol-fault.ts";

/** "AMQP", protocol id 3, version 1.0.0. */
export const SASL_HEADER: Buffer = Buffer.from("AMQP\x03\x01\x00\x00", "latin1");

const FRAME_TYPE_SASL = 1;
/** Descriptors (AMQP 1.0, part 5.3.3). */
const MECHANISMS = 0x40;
const INIT = 0x41;
const CHALLENGE = 0x42;
const RESPONSE = 0x43;
const OUTCOME = 0x44;

/** sasl-outcome codes (AMQP 1.0, part 5.3.3.6). `throttled` is a failure that passes. */
const CODES = { accepted: 0, refused: 1, throttled: 4 } as const;

/** What a client chose. */
export interface SaslInit {
  readonly mechanism: string;
  readonly response: Buffer | undefined;
}

export function mechanismsFrame(names: readonly string[]): Buffer {
  return frame(composite(MECHANISMS, [symbols(names)]));
}

export function challengeFrame(data: Buffer): Buffer {
  return frame(composite(CHALLENGE, [binary(data)]));
}

/** @param data what the mechanism has to say with success */
export function outcomeFrame(outcome: keyof typeof CODES, data?: Buffer): Buffer {
  return frame(composite(OUTCOME, [ubyte(CODES[outcome]), ...(data === undefined ? [] : [binary(data)])]));
}

/** @throws ProtocolFault when it is another frame */
export function readInit(frame: Buffer): SaslInit {
  const fields = enter(frame, INIT, "sasl-init", 3);
  const mechanism = fields.mandatory(fields.symbol("mechanism"), "mechanism");
  const response = fields.binary("initial-response");
  fields.ignore("hostname", "string");
  fields.leave();
  return { mechanism, response };
}

/** @throws ProtocolFault when it is another frame */
export function readResponse(frame: Buffer): Buffer {
  const fields = enter(frame, RESPONSE, "sasl-response", 1);
  const response = fields.mandatory(fields.binary("response"), "response");
  fields.leave();
  return response;
}

function enter(frame: Buffer, descriptor: number, name: string, maxFields: number): FieldReader {
  const scanner = new Scanner(frame, frameBody(frame, FRAME_TYPE_SASL));
  const code = scanner.descriptor();
  if (code !== descriptor) {
    throw new ProtocolFault("amqp:decode-error", `the descriptor 0x${code.toString(16)} is not expected here`);
  }
  const fields = new FieldReader(scanner);
  fields.enter(name, maxFields);
  return fields;
}

function frame(performative: AmqpValue): Buffer {
  const body = encodeValue(performative);
  const header = Buffer.from([0, 0, 0, 0, 2, FRAME_TYPE_SASL, 0, 0]);
  header.writeUInt32BE(header.length + body.length);
  return Buffer.concat([header, body]);
}
