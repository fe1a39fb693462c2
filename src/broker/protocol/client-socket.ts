import type { Duplex } from "node:stream";

/** What the broker needs of a client's connection: a TCP or TLS socket has it, and a pair of streams in one process. */
export type ClientSocket = Duplex & {
  /** Destroys it when everything that was written has left. */
  destroySoon(): void;
};
