import type { FieldReader } from "./codec/field-reader.ts";

/** Descriptors of the frames of AMQP 1.0, part 2.7. */
export const OPEN = 0x10;
export const BEGIN = 0x11;
export const ATTACH = 0x12;
export const FLOW = 0x13;
export const TRANSFER = 0x14;
export const DISPOSITION = 0x15;
export const DETACH = 0x16;
export const END = 0x17;
export const CLOSE = 0x18;

/** Descriptors of delivery states (AMQP 1.0, part 3.4): received, accepted, rejected, released, modified. */
const DELIVERY_STATES: readonly number[] = [0x23, 0x24, 0x25, 0x26, 0x27];
const ERROR: readonly number[] = [0x1d];
const SOURCE: readonly number[] = [0x28];
/** A target may be a coordinator (0x30, part 4.5.1), which links refuse. */
const TARGET: readonly number[] = [0x29, 0x30];

/** AMQP 1.0, part 2.7.1, as far as a broker needs it. */
export interface OpenFrame {
  readonly containerId: string;
  readonly maxFrameSize: number;
  readonly channelMax: number;
  /** In ms; 0 for none. */
  readonly idleTimeOut: number;
}

/** AMQP 1.0, part 2.7.2. */
export interface BeginFrame {
  readonly remoteChannel: number | undefined;
  readonly nextOutgoingId: number;
  readonly incomingWindow: number;
  readonly handleMax: number;
}

/** AMQP 1.0, part 2.7.3. Termini and properties are encoded values, views into the frame. */
export interface AttachFrame {
  readonly name: string;
  readonly handle: number;
  /** True when the peer receives. */
  readonly role: boolean;
  readonly sndSettleMode: number;
  readonly rcvSettleMode: number;
  readonly source: Buffer | undefined;
  readonly target: Buffer | undefined;
  readonly initialDeliveryCount: number | undefined;
  /** 0 for no limit. */
  readonly maxMessageSize: bigint;
  readonly desiredCapabilities: Buffer | undefined;
  readonly properties: Buffer | undefined;
}

/** AMQP 1.0, part 2.7.4. */
export interface FlowFrame {
  readonly nextIncomingId: number | undefined;
  readonly incomingWindow: number;
  readonly handle: number | undefined;
  readonly deliveryCount: number | undefined;
  readonly linkCredit: number;
  readonly drain: boolean;
  readonly echo: boolean;
}

/** AMQP 1.0, part 2.7.5. */
export interface TransferFrame {
  readonly handle: number;
  readonly deliveryId: number | undefined;
  readonly messageFormat: number;
  readonly settled: boolean;
  readonly more: boolean;
  readonly resume: boolean;
  readonly aborted: boolean;
}

/** AMQP 1.0, part 2.7.6. */
export interface DispositionFrame {
  /** True when the peer speaks as the receiver. */
  readonly role: boolean;
  readonly first: number;
  readonly last: number;
  readonly settled: boolean;
  /** The encoded delivery state, a view into the frame. */
  readonly state: Buffer | undefined;
}

/** AMQP 1.0, part 2.7.7. */
export interface DetachFrame {
  readonly handle: number;
  readonly closed: boolean;
}

const MAX_UINT = 0xffff_ffff;

export function readOpen(fields: FieldReader): OpenFrame {
  fields.enter("open", 10);
  const containerId = fields.mandatory(fields.string("container-id"), "container-id");
  fields.ignore("hostname", "string");
  const maxFrameSize = fields.uint("max-frame-size") ?? MAX_UINT;
  const channelMax = fields.ushort("channel-max") ?? 0xffff;
  const idleTimeOut = fields.uint("idle-time-out") ?? 0;
  for (const name of ["outgoing-locales", "incoming-locales"]) fields.ignore(name, "symbols");
  readCapabilities(fields);
  fields.leave();
  return { containerId, maxFrameSize, channelMax, idleTimeOut };
}

export function readBegin(fields: FieldReader): BeginFrame {
  fields.enter("begin", 8);
  const remoteChannel = fields.ushort("remote-channel");
  const nextOutgoingId = fields.mandatory(fields.uint("next-outgoing-id"), "next-outgoing-id");
  const incomingWindow = fields.mandatory(fields.uint("incoming-window"), "incoming-window");
  fields.mandatory(fields.uint("outgoing-window"), "outgoing-window");
  const handleMax = fields.uint("handle-max") ?? MAX_UINT;
  readCapabilities(fields);
  fields.leave();
  return { remoteChannel, nextOutgoingId, incomingWindow, handleMax };
}

export function readAttach(fields: FieldReader): AttachFrame {
  fields.enter("attach", 14);
  const name = fields.mandatory(fields.string("name"), "name");
  const handle = fields.mandatory(fields.uint("handle"), "handle");
  const role = fields.mandatory(fields.boolean("role"), "role");
  const sndSettleMode = fields.ubyte("snd-settle-mode") ?? 2;
  const rcvSettleMode = fields.ubyte("rcv-settle-mode") ?? 0;
  const source = fields.described("source", SOURCE);
  const target = fields.described("target", TARGET);
  fields.ignore("unsettled", "map");
  fields.ignore("incomplete-unsettled", "boolean");
  const initialDeliveryCount = fields.uint("initial-delivery-count");
  const maxMessageSize = fields.ulong("max-message-size") ?? 0n;
  const { desiredCapabilities, properties } = readCapabilities(fields);
  fields.leave();
  return {
    ...{ name, handle, role, sndSettleMode, rcvSettleMode },
    ...{ source, target, initialDeliveryCount, maxMessageSize, desiredCapabilities, properties },
  };
}

export function readFlow(fields: FieldReader): FlowFrame {
  fields.enter("flow", 11);
  const nextIncomingId = fields.uint("next-incoming-id");
  const incomingWindow = fields.mandatory(fields.uint("incoming-window"), "incoming-window");
  fields.mandatory(fields.uint("next-outgoing-id"), "next-outgoing-id");
  fields.mandatory(fields.uint("outgoing-window"), "outgoing-window");
  const handle = fields.uint("handle");
  const deliveryCount = fields.uint("delivery-count");
  const linkCredit = fields.uint("link-credit") ?? 0;
  fields.ignore("available", "uint");
  const drain = fields.boolean("drain") ?? false;
  const echo = fields.boolean("echo") ?? false;
  fields.ignore("properties", "map");
  fields.leave();
  return { nextIncomingId, incomingWindow, handle, deliveryCount, linkCredit, drain, echo };
}

export function readTransfer(fields: FieldReader): TransferFrame {
  fields.enter("transfer", 11);
  const handle = fields.mandatory(fields.uint("handle"), "handle");
  const deliveryId = fields.uint("delivery-id");
  fields.ignore("delivery-tag", "binary");
  const messageFormat = fields.uint("message-format") ?? 0;
  const settled = fields.boolean("settled") ?? false;
  const more = fields.boolean("more") ?? false;
  fields.ignore("rcv-settle-mode", "ubyte");
  fields.described("state", DELIVERY_STATES);
  const resume = fields.boolean("resume") ?? false;
  const aborted = fields.boolean("aborted") ?? false;
  fields.ignore("batchable", "boolean");
  fields.leave();
  return { handle, deliveryId, messageFormat, settled, more, resume, aborted };
}

export function readDisposition(fields: FieldReader): DispositionFrame {
  fields.enter("disposition", 6);
  const role = fields.mandatory(fields.boolean("role"), "role");
  const first = fields.mandatory(fields.uint("first"), "first");
  const last = fields.uint("last") ?? first;
  const settled = fields.boolean("settled") ?? false;
  const state = fields.described("state", DELIVERY_STATES);
  fields.ignore("batchable", "boolean");
  fields.leave();
  return { role, first, last, settled, state };
}

export function readDetach(fields: FieldReader): DetachFrame {
  fields.enter("detach", 3);
  const handle = fields.mandatory(fields.uint("handle"), "handle");
  const closed = fields.boolean("closed") ?? false;
  fields.described("error", ERROR);
  fields.leave();
  return { handle, closed };
}

/** An end or a close: nothing in it but the peer's reason. */
export function readEnding(fields: FieldReader, type: "end" | "close"): void {
  fields.enter(type, 1);
  fields.described("error", ERROR);
  fields.leave();
}

/** The last three fields of open, begin and attach. */
function readCapabilities(fields: FieldReader): Pick<AttachFrame, "desiredCapabilities" | "properties"> {
  fields.ignore("offered-capabilities", "symbols");
  const desiredCapabilities = fields.encoded("desired-capabilities", "symbols");
  return { desiredCapabilities, properties: fields.encoded("properties", "map") };
}
