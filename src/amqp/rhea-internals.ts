import type { Socket } from "node:net";
import type { TransferFault } from "./incoming-delivery.ts";
import type { Duplex } from "node:stream";
import rhea, { type Connection, type Delivery, type Receiver, type Sender, type Session, type Source } from "rhea";
import { peerError } from "./connection-errors.ts";
import type { OutgoingTransfers, RemoteOutcome } from "./outgoing-transfers.ts";

/**
 * Everything this package needs of rhea 3.0.5 that its typings do not declare, in one place. package.json pins the
 * version; whoever raises it reads this file against rhea's lib/session.js and lib/link.js.
 */

/** Largest number of deliveries that one disposition may name; beyond it rhea counts through up to 2^32 of them. */
const MAX_DISPOSITION_RANGE = 65_536;
/** Any message format but 0 makes rhea hand over the bytes instead of decoding them (and dying of what it cannot decode). */
const RAW_FORMAT = 1;
const NOTHING: Buffer = Buffer.alloc(0);

interface TransferFrame {
  payload?: Buffer;
  readonly performative: { readonly aborted?: boolean; more?: boolean; message_format?: number };
}

interface DispositionFrame {
  readonly performative: {
    readonly first: number;
    readonly last?: number;
    readonly state?: { readonly value: unknown };
    /** The fields in their order, as they are on the wire. */
    readonly value: unknown[];
  };
}

/** Index of the field `state` of a disposition (AMQP 1.0, part 2.7.6). */
const STATE_FIELD = 4;

interface Outcome {
  readonly descriptor?: { readonly value: unknown };
}

interface SessionInternals {
  readonly incoming: {
    /** Deliveries whose outcomes are written in the next tick. */
    readonly updated: readonly { readonly state?: Outcome }[];
    on_transfer(frame: TransferFrame, receiver: Receiver): void;
    update(delivery: Delivery, settled: boolean, state?: Outcome): void;
    process(session: Session): void;
  };
  on_disposition(frame: DispositionFrame): void;
  _write_flow(link: Receiver): void;
}

interface LinkInternals {
  credit: number;
  delivery_count: number;
}

/** A session with buffers for so many deliveries; rhea's typings know it without them only. */
export function createSession(connection: Connection, size: { incoming: number; outgoing: number }): Session {
  return (connection as unknown as { create_session(size: object): Session }).create_session(size);
}

/** A queue that the broker makes for the receiver; rhea's typings want an address, which must not be given then (AMQP 1.0, part 3.5.3). */
export function temporaryQueue(): Source {
  return { dynamic: true, capabilities: ["temporary-queue"] } as unknown as Source;
}

/** rhea writes each frame to the socket by itself; this joins the frames of one turn into one write. */
export function joinWrites(connection: Connection, socket: Socket): void {
  const internals = connection as unknown as { output(): void };
  const output = internals.output.bind(internals);
  let isCorked = false;
  const uncork = (): void => {
    isCorked = false;
    socket.uncork();
  };
  internals.output = () => {
    if (!isCorked) {
      isCorked = true;
      socket.cork();
      process.nextTick(uncork);
    }
    output();
  };
}

/**
 * Makes a session safe against what a foreign sender or a broken broker puts on the wire: message bodies stay bytes, of a
 * message larger than `maxMessageBytes` only the beginning is kept, aborted transfers are known as such (rhea delivers them
 * as complete), and a disposition cannot name billions of deliveries. And it makes every delivery get its own outcome.
 *
 * @returns asks for the fault of the message that was delivered last on this receiver
 */
export function guardSession(
  session: Session,
  maxMessageBytes: number,
): (receiver: Receiver) => TransferFault | undefined {
  const internals = session as unknown as SessionInternals;
  const progress = new WeakMap<Receiver, { bytes: number; more: boolean; fault: TransferFault | undefined }>();

  const onTransfer = internals.incoming.on_transfer.bind(internals.incoming);
  internals.incoming.on_transfer = (frame, receiver) => {
    const { performative } = frame;
    let message = progress.get(receiver);
    if (message?.more !== true) {
      message = { bytes: 0, more: false, fault: undefined };
      progress.set(receiver, message);
    }
    const { payload = NOTHING } = frame;
    frame.payload = payload.subarray(0, maxMessageBytes - message.bytes);
    message.bytes += frame.payload.length;
    if (frame.payload.length < payload.length) message.fault = "too-large";
    if (performative.aborted === true) {
      message.fault = "aborted";
      performative.more = false;
    }
    message.more = performative.more === true;
    performative.message_format = RAW_FORMAT;
    // RabbitMQ sends more than it has credit for; rhea delivers that as well, and prints a line for each.
    const link = receiver as unknown as LinkInternals;
    if (!message.more && link.credit <= 0) link.credit = 1;
    onTransfer(frame, receiver);
  };

  writeOutcomesApart(session, internals.incoming);

  const onDisposition = internals.on_disposition.bind(internals);
  internals.on_disposition = (frame) => {
    const { first, last = first, state, value } = frame.performative;
    if (last - first > MAX_DISPOSITION_RANGE) throw new RangeError(`disposition of deliveries ${first} to ${last}`);
    // rhea takes an encoded null for an outcome that it does not know, and prints so.
    if (state?.value === null) value[STATE_FIELD] = undefined;
    onDisposition(frame);
  };

  return (receiver) => progress.get(receiver)?.fault;
}

/** Descriptor of the outcome accepted (AMQP 1.0, part 3.4.2). */
const ACCEPTED = 0x24;

/**
 * rhea joins the outcomes of one tick into ranges and gives a range the first one's state, without looking whether the
 * second one's is the same: an accepted delivery followed by a rejected one is written as two accepted ones, and the
 * event is lost. So what waits is written before an outcome of another kind is added.
 */
function writeOutcomesApart(session: Session, incoming: SessionInternals["incoming"]): void {
  const update = incoming.update.bind(incoming);
  incoming.update = (delivery, settled, state) => {
    const [first] = incoming.updated;
    if (first !== undefined && !(isAccepted(first.state) && isAccepted(state))) incoming.process(session);
    update(delivery, settled, state);
  };
}

function isAccepted(outcome: Outcome | undefined): boolean {
  return outcome?.descriptor?.value === ACCEPTED;
}

/** The numbers of a sender that rhea keeps, as they are now. */
export interface LinkState {
  readonly handle: number;
  credit: number;
  deliveryCount: number;
}

/** The numbers of a sender; rhea lowers them no more when {@link replaceOutgoing} was called for its session. */
export function linkState(sender: Sender): LinkState {
  const link = sender as unknown as LinkInternals & { readonly local: { readonly handle: number } };
  return {
    handle: link.local.handle,
    get credit(): number {
      return link.credit;
    },
    set credit(credit: number) {
      link.credit = credit;
    },
    get deliveryCount(): number {
      return link.delivery_count;
    },
    set deliveryCount(count: number) {
      link.delivery_count = count;
    },
  };
}

/** Where frames of a session go, and how large they may be. */
export function targetOf(session: Session): {
  readonly socket: Duplex;
  readonly channel: number;
  readonly maxFrameBytes: number;
} {
  const { connection, local } = session as unknown as {
    readonly connection: { readonly socket: Duplex; readonly max_frame_size?: number | null };
    readonly local: { readonly channel: number };
  };
  const { socket } = connection;
  const maxFrameBytes = connection.max_frame_size ?? 0;
  // rhea has 0, or nothing, for a broker that names no size.
  const isNamed = maxFrameBytes > 0;
  return {
    socket,
    channel: local.channel,
    maxFrameBytes: isNamed ? Math.max(MIN_MAX_FRAME_SIZE, maxFrameBytes) : Infinity,
  };
}

/** No peer may ask for smaller frames (AMQP 1.0, part 2.8.19). */
const MIN_MAX_FRAME_SIZE = 512;
const MAX_UINT = 0xffff_ffff;

interface Outgoing {
  readonly remote_window?: number;
  readonly remote_next_transfer_id?: number;
}

interface DispositionFields {
  readonly first: number;
  readonly last?: number;
  readonly settled?: boolean;
  readonly state?: Outcome;
}

/** Makes rhea ask `transfers` wherever it would ask the sending half of its session. */
export function replaceOutgoing(session: Session, transfers: OutgoingTransfers): void {
  const internals = session as unknown as { outgoing: object };
  const { remote_window: window, remote_next_transfer_id: next } = internals.outgoing as Outgoing;
  internals.outgoing = {
    window: MAX_UINT,
    get next_transfer_id(): number {
      return transfers.nextTransferId;
    },
    deliveries: { available: () => 1 },
    available: () => 1,
    process: () => undefined,
    on_begin: (fields: { readonly incoming_window: number }) => transfers.onWindow(fields.incoming_window),
    on_flow: (fields: { readonly incoming_window: number; readonly next_incoming_id?: number }) =>
      transfers.onWindow(fields.incoming_window, fields.next_incoming_id),
    on_disposition: ({ first, last, settled, state }: DispositionFields) =>
      transfers.onDisposition(first, last ?? first, settled === true, outcomeOf(state)),
  };
  if (window !== undefined) transfers.onWindow(window, next);
}

interface Outcomes {
  is_released(state: Outcome): boolean;
  is_modified(state: Outcome): boolean;
  is_rejected(state: Outcome): boolean;
  unwrap_outcome(state: Outcome): Readonly<Record<string, unknown>>;
}

const outcomes: Outcomes = rhea.message as unknown as Outcomes;
const ACCEPTED_OUTCOME: RemoteOutcome = { outcome: { kind: "accepted" }, code: ACCEPTED };

/** A state that is no outcome is none. */
function outcomeOf(state: Outcome | undefined): RemoteOutcome | undefined {
  if (state?.descriptor === undefined) return undefined;
  if (isAccepted(state) || state.descriptor.value === "amqp:accepted:list") return ACCEPTED_OUTCOME;
  if (outcomes.is_released(state)) return { outcome: { kind: "released" }, code: 0x26 };
  if (outcomes.is_modified(state)) {
    const undeliverable = outcomes.unwrap_outcome(state)["undeliverable_here"] === true;
    return { outcome: { kind: "modified", undeliverable }, code: 0x27 };
  }
  if (!outcomes.is_rejected(state)) return undefined;
  const error = peerError(outcomes.unwrap_outcome(state)["error"]);
  const { condition, description } = error ?? {};
  return { outcome: { kind: "rejected", condition, description }, code: 0x25 };
}

/** Credit that the receiver has given and the broker has not used. */
export function openCredit(receiver: Receiver): number {
  return (receiver as unknown as LinkInternals).credit;
}

/** Whether the broker attached the terminus that was asked for. rhea shows a missing one as an object around null. */
export function isAttached(link: Sender | Receiver): boolean {
  const terminus: unknown = link.is_sender() ? link.target : link.source;
  return typeof terminus === "object" && terminus !== null && "value" in terminus && Array.isArray(terminus.value);
}

/** The largest message that the broker takes by this link, in bytes; Infinity where its attach names none, or one beyond 2^53. */
export function maxMessageBytesOf(sender: Sender): number {
  const { remote } = sender as unknown as {
    readonly remote: { readonly attach?: { readonly max_message_size?: unknown } };
  };
  const size = remote.attach?.max_message_size;
  return typeof size === "number" && size > 0 ? size : Infinity;
}

/** What the broker says of its end of a link, in a flow (AMQP 1.0, part 2.7.4). */
export interface FlowState {
  /** Messages that it has for us; undefined where it does not say. */
  readonly available: number | undefined;
}

/** Calls `listener` with each flow of this link. */
export function onFlow(receiver: Receiver, listener: (state: FlowState) => void): void {
  const link = receiver as unknown as { on_flow(frame: { performative: { available?: number } }): void };
  const receive = link.on_flow.bind(link);
  link.on_flow = (frame) => {
    listener({ available: frame.performative.available });
    receive(frame);
  };
}

/** Repeats the receiver's credit, and asks the broker for a flow of its own (`echo`). */
export function askForFlow(receiver: Receiver): void {
  const session = receiver.session as unknown as SessionInternals & { output?: (frame: { echo?: boolean }) => void };
  const output = session.output?.bind(session);
  session.output = (frame) => {
    frame.echo = true;
    output?.(frame);
  };
  session._write_flow(receiver);
  delete session.output;
}

/**
 * Tells the broker to send nothing more (a flow with link credit 0), and asks it for a flow of its own. What is on its way still arrives,
 * so rhea keeps its count; `drain` would do it in public, but RabbitMQ answers that in a way that makes rhea print an error.
 */
export function withdrawCredit(receiver: Receiver): void {
  const link = receiver as unknown as LinkInternals;
  const credit = link.credit;
  link.credit = 0;
  askForFlow(receiver);
  link.credit = credit;
}

/** Resolves when the broker has answered what every broker answers, whatever it thinks of links: the beginning of a session (AMQP 1.0, part 2.7.2). */
export function roundTrip({ session }: Receiver): Promise<void> {
  const probe = session.connection.create_session();
  return new Promise((resolve) => {
    probe.once("session_open", () => resolve());
    probe.begin();
  });
}

interface SaslInternals {
  mechanism?: { finish?(additionalData: Uint8Array | undefined): string | undefined };
  on_sasl_mechanisms(frame: { readonly performative: { sasl_server_mechanisms: unknown } }): void;
  on_sasl_outcome(frame: { readonly performative: { code: unknown; additional_data?: Uint8Array } }): void;
}

/** Code of a SASL outcome (AMQP 1.0, part 5.3.3.6). */
const SASL_OK = 0;

/**
 * Makes the client take the mechanism that it likes best (rhea takes the first that the broker names), and lets a mechanism have the
 * last word on a login that the broker has accepted.
 *
 * @param preferred names, the best first
 */
export function guardLogin(connection: Connection, preferred: readonly string[]): void {
  const internals = connection as unknown as { sasl_transport: SaslInternals; sasl_failed(text: string): void };
  const { sasl_transport: sasl } = internals;
  const onMechanisms = sasl.on_sasl_mechanisms.bind(sasl);
  sasl.on_sasl_mechanisms = (frame) => {
    const { performative } = frame;
    const offered: unknown[] = [performative.sasl_server_mechanisms].flat();
    const rank = (name: unknown): number => preferred.indexOf(String(name));
    performative.sasl_server_mechanisms = offered.toSorted((a, b) => rank(a) - rank(b));
    onMechanisms(frame);
  };
  const onOutcome = sasl.on_sasl_outcome.bind(sasl);
  sasl.on_sasl_outcome = (frame) => {
    const { code, additional_data } = frame.performative;
    const problem = code === SASL_OK ? sasl.mechanism?.finish?.(additional_data) : undefined;
    if (problem === undefined) onOutcome(frame);
    else internals.sasl_failed(problem);
  };
}
