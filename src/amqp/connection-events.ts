import type { XqbusError } from "../errors.ts";

/**
 * Where a client stands:
 *
 * - `idle`: nothing was asked of it yet, or its first connection failed;
 * - `connecting`: the first connection is being made;
 * - `connected`: its link is attached;
 * - `disconnected`: it was connected, and tries to be so again;
 * - `failed`: it has given up;
 * - `closed`: somebody closed it.
 */
export type ConnectionStatus = "idle" | "connecting" | "connected" | "disconnected" | "failed" | "closed";

/** What a client tells of its connection. */
export interface ConnectionEvents {
  /** The link is attached, for the first time or again. */
  readonly connected: {
    /** The URL of the broker without the password. */
    readonly url: string;
  };
  /** The connection was lost. */
  readonly disconnected: {
    readonly error: XqbusError;
    /** Whether it will be made again. */
    readonly willReconnect: boolean;
  };
  /** Something that should happen does not. */
  readonly stalled: Stall;
}

/** What does not happen, and what is done about it. */
export interface Stall {
  /**
   * - `no-answer`: the broker owes an answer; the connection is made again;
   * - `no-delivery`: the broker has messages and our credit, and sends nothing; the connection is made again;
   * - `no-credit`: the broker does not take what waits to be sent; only told;
   * - `callbacks`: no callback ends, and the broker may send no more until one does; only told.
   */
  readonly reason: "no-answer" | "no-delivery" | "no-credit" | "callbacks";
  /** In words. */
  readonly message: string;
}
