import type { EventContext, Receiver } from "rhea";
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
import { parseBusUrls, type BusUrl } from "../url.ts";

const WINDOW = 500;
/** A broker that does not answer a drain has nothing for us for so long, in ms. */
const SILENCE_MS = 1_000;

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
  const options = withDefaults(connect, CONNECT_DEFAULTS);
  assertConnectOptions(options);
  const { timeoutMs, signal } = options;
  const deadline = new Deadline(`emptying the queue "${queue}"`, { timeoutMs, signal, option: "timeoutMs" });
  try {
    const connection = await connected(parseBusUrls(url), options, deadline);
    try {
      const { address, capabilities } = connection.dialect.queueAt(queue);
      const receiver = connection.session.open_receiver({
        source: { address, ...(capabilities === undefined ? {} : { capabilities: [...capabilities] }) },
        credit_window: 0,
        autoaccept: false,
      });
      await awaitAttach(connection, receiver, deadline, { address, unknownHint: "there is no such queue" });
      return await empty(connection, receiver, deadline);
    } finally {
      await connection.close();
    }
  } finally {
    deadline.stop();
  }
}

/** To the first of the brokers that is there. */
async function connected(
  [url, ...others]: readonly [BusUrl, ...BusUrl[]],
  options: CheckedConnectOptions,
  deadline: Deadline,
): Promise<BusConnection> {
  try {
    // Nothing of the messages is kept.
    return await BusConnection.open(url, options, { prefetch: WINDOW, maxMessageBytes: 1 }, deadline);
  } catch (error) {
    const [next, ...rest] = others;
    if (next === undefined || deadline.error !== undefined) throw error;
    return connected([next, ...rest], options, deadline);
  }
}

async function empty(connection: BusConnection, receiver: Receiver, deadline: Deadline): Promise<number> {
  let count = 0;
  let before: number;
  do {
    before = count;
    count += await batch(connection, receiver, deadline);
  } while (count > before);
  return count;
}

/** Takes as many messages as there are, {@link WINDOW} at most. */
async function batch(connection: BusConnection, receiver: Receiver, deadline: Deadline): Promise<number> {
  let count = 0;
  let silence: NodeJS.Timeout | undefined;
  try {
    await connection.wait(deadline, (resolve) => {
      const listen = (): void => {
        clearTimeout(silence);
        silence = setTimeout(resolve, SILENCE_MS);
      };
      receiver.on("message", ({ delivery }: EventContext) => {
        delivery?.accept();
        if (++count === WINDOW) resolve();
        else listen();
      });
      receiver.on("receiver_drained", () => resolve());
      receiver.drain = true;
      receiver.add_credit(WINDOW);
      listen();
    });
    return count;
  } finally {
    clearTimeout(silence);
    receiver.removeAllListeners("message");
    receiver.removeAllListeners("receiver_drained");
  }
}
