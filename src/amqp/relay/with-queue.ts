import type { Receiver } from "rhea";
import { awaitAttach } from "../attach.ts";
import { BusConnection } from "../connection.ts";
import type { Deadline } from "../deadline.ts";
import {
  assertConnectOptions,
  CONNECT_DEFAULTS,
  withDefaults,
  type CheckedConnectOptions,
  type ConnectOptions,
} from "../options.ts";
import { parseBusUrls, type BusUrl } from "../url.ts";

/** Messages that a receiver of a queue may have at a time. */
export const WINDOW = 500;

/**
 * Does something with a receiver of a queue, which has no credit yet, over a connection of its own to the first broker that is there. Of messages
 * nothing is kept.
 *
 * @throws NotConnectedError, AuthenticationError, CertificateError, RefusedError, TimeoutError, AbortedError
 */
export function withQueue<T>(
  url: string | readonly string[],
  queue: string,
  connect: ConnectOptions,
  deadline: Deadline,
  work: (connection: BusConnection, receiver: Receiver) => Promise<T>,
): Promise<T> {
  return withConnection(url, connect, deadline, async (connection) => {
    const { address, capabilities } = connection.dialect.queueAt(queue);
    const receiver = connection.session.open_receiver({
      source: { address, ...(capabilities === undefined ? {} : { capabilities: [...capabilities] }) },
      credit_window: 0,
      autoaccept: false,
    });
    await awaitAttach(connection, receiver, deadline, { address, unknownHint: "there is no such queue" });
    return work(connection, receiver);
  });
}

/** Does something with a connection of its own to the first broker that is there. @throws as {@link withQueue} */
export async function withConnection<T>(
  url: string | readonly string[],
  connect: ConnectOptions,
  deadline: Deadline,
  work: (connection: BusConnection) => Promise<T>,
): Promise<T> {
  const options = withDefaults(connect, CONNECT_DEFAULTS);
  assertConnectOptions(options);
  const connection = await connected(parseBusUrls(url), options, deadline);
  try {
    return await work(connection);
  } finally {
    await connection.close();
  }
}

async function connected(
  [url, ...others]: readonly [BusUrl, ...BusUrl[]],
  options: CheckedConnectOptions,
  deadline: Deadline,
): Promise<BusConnection> {
  try {
    return await BusConnection.open(url, options, { prefetch: WINDOW, maxMessageBytes: 1 }, deadline);
  } catch (error) {
    const [next, ...rest] = others;
    if (next === undefined || deadline.error !== undefined) throw error;
    return connected([next, ...rest], options, deadline);
  }
}
