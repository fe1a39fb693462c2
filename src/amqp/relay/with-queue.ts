import type { Receiver } from "rhea";
import { awaitAttach } from "../attach.ts";
import { BusConnection } from "../connection.ts";
import { Deadline } from "../deadline.ts";
import {
  assertConnectOptions,
  CONNECT_DEFAULTS,
  withDefaults,
  type CheckedConnectOptions,
  type ConnectOptions,
} from "../options.ts";
import { hostAndPort, parseBusUrls, type BusUrl } from "../url.ts";

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
  const [next, ...rest] = others;
  if (next === undefined) return BusConnection.open(url, options, LIMITS, deadline);
  // One that is silent must not use up the time of the others.
  const end = new AbortController();
  const forget = deadline.onEnd((error) => end.abort(error));
  const timeoutMs = options.timeoutMs / (others.length + 1);
  const share = new Deadline(`connecting to ${hostAndPort(url)}`, {
    ...{ timeoutMs, signal: end.signal, option: "timeoutMs" },
  });
  try {
    return await BusConnection.open(url, options, LIMITS, share);
  } catch {
    if (deadline.error !== undefined) throw deadline.error;
  } finally {
    forget();
    share.stop();
  }
  return connected([next, ...rest], options, deadline);
}

const LIMITS = { prefetch: WINDOW, maxMessageBytes: 1 };
