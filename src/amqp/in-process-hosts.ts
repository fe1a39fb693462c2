import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import { NotConnectedError } from "./errors.ts";
import type { BusUrl } from "./url.ts";

/** Names under it lead nowhere in any network (RFC 6761, section 6.4): nobody is asked for them. */
const DOMAIN = ".xqbus.invalid";

/** How hosts of this process are reached, by their names. */
const hosts = new Map<string, () => Duplex>();

let count = 0;

/** A host name for URLs that lead into this process; nobody else has it. */
export function newInProcessHost(): string {
  return `bus-${++count}${DOMAIN}`;
}

/**
 * Lets URLs with that host lead into this process: whoever connects gets a stream instead of a TCP connection.
 *
 * @param host of {@link newInProcessHost}
 * @param connect gives the client's end of a new connection
 * @returns a function that takes the host away
 */
export function addInProcessHost(host: string, connect: () => Duplex): () => void {
  hosts.set(host, connect);
  return () => hosts.delete(host);
}

/** @throws NotConnectedError for a host that was taken away */
export function connectInProcess({ host, secure, safe }: BusUrl): Socket | undefined {
  if (secure || !host.endsWith(DOMAIN)) return undefined;
  const connect = hosts.get(host);
  if (connect === undefined) throw new NotConnectedError(`${safe} was a bus inside this process, and was closed`);
  // Connections use of a socket what every stream has.
  const socket = connect() as Socket;
  return socket.on("error", () => undefined);
}
