import type { EventEmitter } from "node:events";
import type { AmqpError } from "./protocol-fault.ts";

/**
 * What the broker uses of rhea 3.0.5 beyond its typings. package.json pins that version; whoever raises it reads this
 * file against rhea's lib/connection.js, lib/session.js and lib/link.js.
 *
 * rhea reads any of null, 0 and 1 where the protocol has a boolean.
 */
type Flag = boolean | 0 | 1 | null | undefined;
type Optional<T> = T | null | undefined;

/** A decoded value that still knows its AMQP type. */
export interface RheaTyped {
  readonly value: unknown;
  readonly descriptor?: { readonly value: unknown };
}

/** A frame on its way from the decoder to the state machine; assigning to a field re-encodes it. */
export interface Frame<Performative> {
  readonly channel: number;
  readonly performative: Performative;
  payload?: Buffer;
}

export interface OpenFields {
  readonly container_id: string;
  readonly max_frame_size: Optional<number>;
  readonly idle_time_out: Optional<number>;
}

export interface BeginFields {
  readonly remote_channel: Optional<number>;
}

export interface AttachFields {
  name: string;
  readonly handle: number;
  /** True when the peer receives. */
  readonly role: Flag;
  readonly snd_settle_mode: Optional<number>;
  readonly rcv_settle_mode: Optional<number>;
  readonly source: Optional<RheaTyped>;
  target: Optional<RheaTyped>;
}

export interface FlowFields {
  readonly handle: Optional<number>;
  delivery_count: Optional<number>;
  link_credit: Optional<number>;
  drain: Flag;
}

export interface TransferFields {
  readonly handle: number;
  readonly delivery_id: Optional<number>;
  readonly more: Flag;
  readonly aborted: Flag;
  message_format: Optional<number>;
}

export interface DispositionFields {
  readonly role: Flag;
  first: number;
  last: Optional<number>;
  readonly state: Optional<RheaTyped>;
  /** All fields, undecoded. */
  readonly value: unknown[];
}

export interface DetachFields {
  readonly handle: number;
}

/** The methods of a connection that take the decoded frames. */
export interface FrameHandlers {
  on_open: Frame<OpenFields>;
  on_begin: Frame<BeginFields>;
  on_attach: Frame<AttachFields>;
  on_flow: Frame<FlowFields>;
  on_transfer: Frame<TransferFields>;
  on_disposition: Frame<DispositionFields>;
  on_detach: Frame<DetachFields>;
  on_end: Frame<object>;
  on_close: Frame<object>;
}

type FrameMethods = { [Name in keyof FrameHandlers]: (frame: FrameHandlers[Name]) => void };

/** A connection in the role of the server. */
export interface RheaConnection extends EventEmitter, FrameMethods {
  readonly remote: { readonly open?: OpenFields };
  /** Sessions by the peer's channel number. */
  readonly remote_channel_map: Record<number, RheaSession>;
  accept(socket: EventEmitter): void;
  open(): void;
  close(error?: AmqpError): void;
  is_remote_open(): boolean;
  /** Asks for the state machine to run on the next tick. */
  _register(): void;
}

export interface RheaSession {
  readonly connection: RheaConnection;
  readonly local: { readonly begin: { handle_max: number } };
  /** Links by the peer's handle. */
  readonly remote: { readonly handles: Record<number, RheaLink> };
  /** Links by name. */
  readonly links: Readonly<Record<string, RheaLink>>;
  readonly incoming: {
    /** Undefined before the first delivery. */
    next_delivery_id: number | undefined;
    next_transfer_id: number;
    /** Writes the dispositions that are due, and forgets what is settled. */
    process(session: RheaSession): void;
  };
  readonly outgoing: {
    /** The next delivery that gets an id. */
    readonly next_delivery_id: number;
    /** The first delivery that is not completely written; equal to `next_delivery_id` when there is none. */
    next_pending_delivery: number;
    readonly deliveries: {
      by_id(id: number): RheaDelivery | undefined;
      get_head(): RheaDelivery | undefined;
    };
    /** Writes what can be written, and tells the outcomes that came. */
    process(): void;
    /** Deliveries that can be added. */
    available(): number;
    /** Frames that the peer takes; NaN before its first flow. */
    transfer_window(): number;
    /** Bytes of a message that fit into one frame; undefined without a limit. */
    compute_max_payload(tag: { readonly length: number }): number | undefined;
  };
}

interface LinkBase {
  readonly session: RheaSession;
  readonly local: {
    readonly attach: {
      name: string;
      source?: RheaTyped | undefined;
      target?: RheaTyped | undefined;
      snd_settle_mode: number;
      rcv_settle_mode: number;
      max_message_size: number;
    };
  };
  readonly remote: { attach?: object };
  readonly state: {
    /** Whether nothing is left to be written. */
    has_settled(): boolean;
  };
  credit: number;
  delivery_count: number;
  is_receiver(): this is RheaReceiver;
  /** Whether both ends are detached. */
  is_itself_closed(): boolean;
  close(error?: AmqpError): void;
  /** Takes the link out of its session. */
  remove(): void;
}

/** The broker's end of a consumer's link. */
export interface RheaSender extends LinkBase {
  /** Answers a drain with what `credit` is left at that moment. */
  set_drained(drained: boolean): void;
  send(message: Buffer, tag: undefined, format: number): RheaDelivery;
}

/** The broker's end of a publisher's link. */
export interface RheaReceiver extends LinkBase {
  /** The delivery whose last frame is still to come. */
  _incomplete?: RheaDelivery | undefined;
  /** Gives more credit; it counts at once, and the peer is told on the next tick. */
  flow(credit: number): void;
}

export type RheaLink = RheaSender | RheaReceiver;

export interface RheaDelivery {
  readonly id: number;
  readonly link: RheaLink;
  readonly remote_state?: RheaOutcome;
  settled: boolean;
  remote_settled: boolean;
  /** Frames' payloads; of an incoming delivery while it is incomplete. */
  frames?: Buffer[];
  /** Frames that are written, of an outgoing delivery. */
  readonly next_to_send: number;
  accept(): void;
  reject(error: AmqpError): void;
  update(settled: boolean, state?: RheaTyped): void;
}

/** What the peer said about a delivery. */
export interface RheaOutcome {
  readonly delivery_failed?: Flag;
  readonly undeliverable_here?: Flag;
  described(): RheaTyped;
}

/** What rhea hands to a listener; which fields there are depends on the event. */
export interface RheaEvent {
  readonly sender: RheaSender;
  readonly receiver: RheaReceiver;
  readonly delivery: RheaDelivery;
  /** The bytes, of a delivery whose format is not 0. */
  readonly message: Buffer;
}

/** Makes connections; the container's id is what they tell the peer. */
export interface RheaContainer {
  create_connection(options: object): RheaConnection;
}
