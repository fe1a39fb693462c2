import { Socket } from "node:net";
import type { Duplex } from "node:stream";

/** A client's address and port, such as `10.0.0.1 51234`; empty for one in this process. */
export function peerOf(socket: Duplex): string {
  return socket instanceof Socket && socket.remoteAddress !== undefined
    ? `${socket.remoteAddress} ${socket.remotePort}`
    : "";
}
