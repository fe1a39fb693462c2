import type { Output } from "./output.ts";
import { DISPOSITION, FLOW, TRANSFER } from "./performatives.ts";

/** AMQP 1.0, part 2.3.1. */
export const FRAME_HEADER_BYTES = 8;
/** Size, data offset, type, channel, then the descriptor and a list8 with its count. */
const HEAD_BYTES = FRAME_HEADER_BYTES + 6;
/** More than any of the fixed frames below has without payload and state. */
const FIXED_FRAME_BYTES = 80;

const TRUE = 0x41;
const FALSE = 0x42;
const NULL = 0x40;

/** Fields of the first frame of a delivery. */
export interface TransferStart {
  readonly handle: number;
  readonly deliveryId: number;
  readonly format: number;
  readonly settled: boolean;
}

/** Fields of a flow that is about a link as well. */
export interface LinkFlow {
  readonly handle: number;
  readonly deliveryCount: number;
  readonly credit: number;
  readonly drain: boolean;
}

/** A link that can tell its state. */
export interface FlowingLink {
  /** The link's part of a flow. */
  readonly state: LinkFlow;
}

/** What every flow tells about its session (AMQP 1.0, part 2.7.4). */
export interface SessionFlow {
  readonly nextIncomingId: number;
  readonly incomingWindow: number;
  readonly nextOutgoingId: number;
  readonly outgoingWindow: number;
}

/** Bytes of a transfer frame at most that are not payload. */
export const TRANSFER_OVERHEAD_BYTES: number = FIXED_FRAME_BYTES;

/** An encoded performative as a frame of its own. */
export function writeFrame(output: Output, channel: number, performative: Buffer): void {
  output.reserve(FRAME_HEADER_BYTES);
  writeFrameHeader(output.bytes, output.position, FRAME_HEADER_BYTES + performative.length, channel);
  output.position += FRAME_HEADER_BYTES;
  output.append(performative, 0, performative.length);
}

/** An empty frame, which keeps the connection from seeming idle. */
export function writeHeartbeat(output: Output): void {
  output.reserve(FRAME_HEADER_BYTES);
  writeFrameHeader(output.bytes, output.position, FRAME_HEADER_BYTES, 0);
  output.position += FRAME_HEADER_BYTES;
}

/** One frame of a delivery: the part of the message from `start` to `end` (AMQP 1.0, part 2.7.5). */
export function writeTransfer(
  output: Output,
  channel: number,
  delivery: TransferStart,
  message: Buffer,
  start: number,
  end: number,
): void {
  output.reserve(FIXED_FRAME_BYTES);
  const { bytes, position } = output;
  let at = putUint(bytes, position + HEAD_BYTES, delivery.handle);
  // Only the first frame has to tell the rest, and shorter ones are quicker to read.
  const first = start === 0;
  let count = 1;
  if (first) {
    const id = delivery.deliveryId;
    at = putUint(bytes, at, id);
    bytes[at++] = 0xa0;
    bytes[at++] = 4;
    at = putUint32(bytes, at, id);
    at = putUint(bytes, at, delivery.format);
    bytes[at++] = delivery.settled ? TRUE : FALSE;
    count = 5;
  }
  if (end < message.length) {
    for (; count < 5; count++) bytes[at++] = NULL;
    bytes[at++] = TRUE;
    count = 6;
  }
  writeHead(bytes, position, at, channel, TRANSFER, count, end - start);
  output.position = at;
  output.append(message, start, end);
}

/** What became of the deliveries from `first` to `last`, all of them settled (AMQP 1.0, part 2.7.6). */
export function writeDisposition(
  output: Output,
  channel: number,
  asReceiver: boolean,
  first: number,
  last: number,
  state: Buffer,
): void {
  output.reserve(FIXED_FRAME_BYTES);
  const { bytes, position } = output;
  let at = position + HEAD_BYTES;
  bytes[at++] = asReceiver ? TRUE : FALSE;
  at = putUint(bytes, at, first);
  if (last === first) bytes[at++] = NULL;
  else at = putUint(bytes, at, last);
  bytes[at++] = TRUE;
  // A long state does not fit into a list8.
  if (at + state.length - position - HEAD_BYTES < 0xf0) {
    state.copy(bytes, at);
    at += state.length;
    writeHead(bytes, position, at, channel, DISPOSITION, 5, 0);
    output.position = at;
    return;
  }
  const fields = Buffer.concat([bytes.subarray(position + HEAD_BYTES, at), state]);
  const head = Buffer.from([0x00, 0x53, DISPOSITION, 0xd0, 0, 0, 0, 0, 0, 0, 0, 5]);
  head.writeUInt32BE(fields.length + 4, 4);
  writeFrame(output, channel, Buffer.concat([head, fields]));
}

/** The state of a session, and of one of its links (AMQP 1.0, part 2.7.4). */
export function writeFlow(output: Output, channel: number, session: SessionFlow, link: LinkFlow | undefined): void {
  output.reserve(FIXED_FRAME_BYTES);
  const { bytes, position } = output;
  let at = putUint(bytes, position + HEAD_BYTES, session.nextIncomingId);
  at = putUint(bytes, at, session.incomingWindow);
  at = putUint(bytes, at, session.nextOutgoingId);
  at = putUint(bytes, at, session.outgoingWindow);
  if (link !== undefined) {
    at = putUint(bytes, at, link.handle);
    at = putUint(bytes, at, link.deliveryCount);
    at = putUint(bytes, at, link.credit);
    bytes[at++] = NULL;
    bytes[at++] = link.drain ? TRUE : FALSE;
  }
  writeHead(bytes, position, at, channel, FLOW, link === undefined ? 4 : 9, 0);
  output.position = at;
}

/** Everything before the fields, once it is known where they end. */
function writeHead(
  bytes: Buffer,
  position: number,
  fieldsEnd: number,
  channel: number,
  descriptor: number,
  count: number,
  payloadBytes: number,
): void {
  writeFrameHeader(bytes, position, fieldsEnd - position + payloadBytes, channel);
  bytes[position + 8] = 0x00;
  bytes[position + 9] = 0x53;
  bytes[position + 10] = descriptor;
  bytes[position + 11] = 0xc0;
  // The size counts the count byte.
  bytes[position + 12] = fieldsEnd - position - HEAD_BYTES + 1;
  bytes[position + 13] = count;
}

/** AMQP 1.0, part 2.3.1. */
function writeFrameHeader(bytes: Buffer, position: number, size: number, channel: number): void {
  putUint32(bytes, position, size);
  bytes[position + 4] = 2;
  bytes[position + 5] = 0;
  bytes[position + 6] = channel >>> 8;
  bytes[position + 7] = channel & 0xff;
}

/** A uint in its smallest encoding. */
function putUint(bytes: Buffer, at: number, value: number): number {
  if (value === 0) {
    bytes[at] = 0x43;
    return at + 1;
  }
  if (value < 256) {
    bytes[at] = 0x52;
    bytes[at + 1] = value;
    return at + 2;
  }
  bytes[at] = 0x70;
  return putUint32(bytes, at + 1, value);
}

function putUint32(bytes: Buffer, at: number, value: number): number {
  bytes[at] = value >>> 24;
  bytes[at + 1] = (value >>> 16) & 0xff;
  bytes[at + 2] = (value >>> 8) & 0xff;
  bytes[at + 3] = value & 0xff;
  return at + 4;
}
