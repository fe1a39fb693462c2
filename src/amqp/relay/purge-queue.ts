import type { Receiver } from "rhea";
import type { BusConnection } from "../connection.ts";
import { Deadline } from "../deadline.ts";
import { CONNECT_DEFAULTS, type ConnectOptions } from "../options.ts";
import { takeWaiting } from "./take-waiting.ts";
import { WINDOW, withQueue } from "./with-queue.ts";

/**
 * Throws away what waits in a queue, over a connection of its own. What consumers hold stays theirs.
 *
 * @returns how many messages there were
 * @throws NotConnectedError, AuthenticationError, CertificateError, RefusedError, TimeoutError, AbortedError
 */
export async function purgeQueue(
  url: string | readonly string[],
  queue: string,
  connect: ConnectOptions = {},
): Promise<number> {
  const { timeoutMs = CONNECT_DEFAULTS.timeoutMs, signal } = connect;
  const deadline = new Deadline(`emptying the queue "${queue}"`, { timeoutMs, signal, option: "timeoutMs" });
  try {
    return await withQueue(url, queue, connect, deadline, (connection, receiver) =>
      empty(connection, receiver, deadline),
    );
  } finally {
    deadline.stop();
  }
}

async function empty(connection: BusConnection, receiver: Receiver, deadline: Deadline): Promise<number> {
  let count = 0;
  let before: number;
  do {
    before = count;
    count += await takeWaiting(connection, receiver, deadline, { most: WINDOW, take: (delivery) => delivery.accept() });
  } while (count > before);
  return count;
}
