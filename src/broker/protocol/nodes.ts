import type { AmqpMap, AmqpValue } from "./codec/amqp-value.ts";
import type { AmqpError } from "./protocol-fault.ts";

/**
 * The seam between the protocol and what is behind it: topics, queues, durable subscriptions. The engine knows credit,
 * frames and ids; a node knows messages. Everything here is called on the broker's one thread and must not block it.
 */
export interface Nodes {
  /**
   * A consumer attaches. The answer may take its time; the link is attached, or refused, when it is there.
   *
   * @param link how the node reaches the link; may be used once the answer was given
   */
  openSource(request: SourceRequest, link: SourceLink): Opening<Source>;
  /** A publisher attaches. */
  openTarget(request: TargetRequest, link: TargetLink): Opening<Target>;
}

export type Opening<T> = T | Refusal | Promise<T | Refusal>;

/** The link is refused: attached without terminus and detached with this error (AMQP 1.0, part 2.6.3). */
export interface Refusal {
  readonly refused: AmqpError;
}

/** Who attaches. */
export interface LinkIdentity {
  /** The link's name, unique for its container and direction. */
  readonly name: string;
  readonly containerId: string;
  /** The name under which the client logged in. */
  readonly user: string;
  /** Stays the same for all links of one connection, and is never used again. */
  readonly connection: number;
  /** When what the link is attached over ends; for termini that outlive the link. */
  readonly ends: LinkEnds;
}

/** Calls back once when a session or connection ends. Each gives what takes the listener away. */
export interface LinkEnds {
  onSessionEnd(listener: () => void): () => void;
  onConnectionEnd(listener: () => void): () => void;
}

/** How long a terminus is kept when its link is not attached (AMQP 1.0, part 3.5.6). */
export type ExpiryPolicy = "link-detach" | "session-end" | "connection-close" | "never";

/** What a source and a target have in common (AMQP 1.0, part 3.5.3 and 3.5.4). */
export interface TerminusRequest {
  readonly link: LinkIdentity;
  /** Undefined for a dynamic node, and for the anonymous relay (a target without address). */
  readonly address: string | undefined;
  /** Undefined unless the node is to be created by the broker. */
  readonly dynamic: DynamicNodeRequest | undefined;
  /** 0: nothing is kept, 1: the configuration, 2: the unsettled state as well (part 3.5.5). */
  readonly durable: 0 | 1 | 2;
  readonly expiryPolicy: ExpiryPolicy;
  /** Seconds after `expiryPolicy` applies. */
  readonly timeoutSeconds: number;
  readonly capabilities: readonly string[];
  /** Properties of the link. */
  readonly properties: AmqpMap | undefined;
}

/** Properties of a node that the broker creates (AMQP 1.0, part 3.5.9 and 3.5.10). */
export interface DynamicNodeRequest {
  /** When the node is deleted; default `delete-on-close`, by the link that created it. */
  readonly lifetime: LifetimePolicy;
  readonly properties: AmqpMap | undefined;
}

export type LifetimePolicy =
  "delete-on-close" | "delete-on-no-links" | "delete-on-no-messages" | "delete-on-no-links-or-messages";

export interface SourceRequest extends TerminusRequest {
  readonly distributionMode: "move" | "copy" | undefined;
  /** In the order in which they were sent. */
  readonly filters: readonly Filter[];
  /**
   * Whether the attach has no source: it asks for the one that a link of this name had, and nothing else in the request says
   * anything, but for the capabilities: those that the link desires.
   */
  readonly resumes: boolean;
}

/** One entry of a filter-set (AMQP 1.0, part 3.5.8). */
export interface Filter {
  /** The key in the map, chosen by the client. */
  readonly name: string;
  /** What kind of filter it is; undefined for a value that is not described, which no filter is. */
  readonly descriptor: bigint | string | undefined;
  readonly value: AmqpValue;
}

export type TargetRequest = TerminusRequest;

/** What the node grants; the answer to the attach tells it, so that the client knows what it does not get. */
export interface Granted {
  /** The address of the node; of a dynamic one the address that it was given. */
  readonly address: string | undefined;
  readonly durable?: 0 | 1 | 2;
  readonly expiryPolicy?: ExpiryPolicy;
  readonly timeoutSeconds?: number;
  readonly capabilities?: readonly string[];
}

/**
 * Why a link has gone: its client closed it (a durable subscription ends), detached it, ended the session or the connection
 * with it, or attached it elsewhere; or the node or the engine ended it with an error. Only `closed` is for good.
 */
export type Departure = "closed" | "detached" | "session-end" | "connection-close" | "stolen" | "forced";

/** A message on its way to a consumer. The engine gives the same object back with its outcome. */
export interface OutgoingMessage {
  /** The complete encoded message; nobody changes it while it is under way. */
  readonly bytes: Buffer;
  readonly format: number;
}

/** What gives messages to one consumer's link. */
export interface Source {
  readonly granted: Granted & {
    readonly distributionMode?: "move" | "copy";
    /** Names of the filters that are applied; the others are not repeated in the answer. */
    readonly filters?: readonly string[];
    /** Of a source that is attached again by a link that did not say what it was: all filters that are applied. */
    readonly resumedFilters?: readonly Filter[];
  };
  /**
   * The next message; called only when it can be sent. `empty`: call {@link SourceLink.ready} when there is one.
   * `later`: likewise, but a drain waits for it (the message is being fetched).
   */
  next(): OutgoingMessage | "empty" | "later";
  /** What became of a message that {@link next} gave. Not called for those that are open when the link goes. */
  settle(message: OutgoingMessage, outcome: Outcome): void;
  /** The message was sent settled; nothing more is heard of it. */
  sentSettled(message: OutgoingMessage): void;
  /** The link has gone; messages without outcome are the node's again. Called once, and nothing after it. */
  detach(why: Departure): void;
}

/** How a source reaches its link. */
export interface SourceLink {
  /** There may be something for {@link Source.next}. */
  ready(): void;
  /** Ends the link; {@link Source.detach} is called. */
  close(error: AmqpError): void;
}

/** A complete message from a publisher. */
export interface IncomingMessage {
  /** A view into what came from the socket: copy what is kept. */
  readonly bytes: Buffer;
  readonly format: number;
  /** Whether the publisher does not wait for the outcome. */
  readonly settled: boolean;
}

/** What takes messages from one publisher's link. */
export interface Target {
  readonly granted: Granted;
  /** Takes a message. While outcomes are pending they count as used credit. */
  publish(message: IncomingMessage): Outcome | Promise<Outcome>;
  /** The link has gone. Called once; outcomes that are still to come are of no interest. */
  detach(why: Departure): void;
}

/** How a target reaches its link. */
export interface TargetLink {
  /** Whether the publisher gets no new credit, because the node is full. What it has it keeps. */
  pause(paused: boolean): void;
  /** Ends the link; {@link Target.detach} is called. */
  close(error: AmqpError): void;
}

/** What became of a delivery (AMQP 1.0, part 3.4). */
export type Outcome =
  | { readonly kind: "accepted" }
  | { readonly kind: "rejected"; readonly error?: AmqpError }
  | { readonly kind: "released" }
  | {
      readonly kind: "modified";
      readonly deliveryFailed: boolean;
      readonly undeliverableHere: boolean;
      /** Message annotations to put into the message, symbols to values. */
      readonly annotations?: AmqpMap;
    };

export const ACCEPTED: Outcome = Object.freeze({ kind: "accepted" });
