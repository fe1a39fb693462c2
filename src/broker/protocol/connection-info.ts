/** A connection of a client that has logged in. */
export interface ConnectionInfo {
  /** Stays the same, and is never used again by this broker's process. */
  readonly id: number;
  /** The name under which the client logged in. */
  readonly user: string;
  /** The client's own name; undefined before it has opened the connection. */
  readonly containerId: string | undefined;
  /** Ms since 1970, by the machine's clock. */
  readonly connectedAt: number;
  readonly sessions: number;
  readonly links: readonly LinkInfo[];
  /** Bytes that the client has not read yet. */
  readonly unreadBytes: number;
}

/** A link that is attached. */
export interface LinkInfo {
  readonly name: string;
  /** What the client does with it. */
  readonly role: "publisher" | "consumer";
  /** Undefined for a publisher that names the node in each message. */
  readonly address: string | undefined;
  /** Messages that have gone over it, in the link's direction. */
  readonly messages: number;
  /** Messages that may go over it before there is new credit. */
  readonly credit: number;
  /** Messages without outcome: the consumer's, or those of a publisher that the broker has not answered. */
  readonly unsettled: number;
}

/** What a link tells of itself. */
export type LinkCounts = Pick<LinkInfo, "messages" | "credit" | "unsettled">;
