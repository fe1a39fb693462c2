import { Deadline } from "../deadline.ts";
import { CONNECT_DEFAULTS, type ConnectOptions } from "../options.ts";
import { withConnection } from "./with-queue.ts";

/** What the product of a broker can do, as far as it decides where it can be used. */
export interface BrokerTraits {
  /** Name of the dialect that is spoken with it. */
  readonly dialect: string;
  /** Whether several consumers can divide the events of one durable subscription among them. */
  readonly sharesSubscriptions: boolean;
}

/**
 * Asks a broker which product it is, over a connection of its own.
 *
 * @throws NotConnectedError, AuthenticationError, CertificateError, RefusedError, TimeoutError, AbortedError
 */
export async function brokerTraits(
  url: string | readonly string[],
  connect: ConnectOptions = {},
): Promise<BrokerTraits> {
  const { timeoutMs = CONNECT_DEFAULTS.timeoutMs, signal } = connect;
  const deadline = new Deadline("asking the broker which product it is", { timeoutMs, signal, option: "timeoutMs" });
  try {
    return await withConnection(url, connect, deadline, async ({ dialect: { name: dialect, subscriptions } }) => ({
      dialect,
      sharesSubscriptions: subscriptions.durable && subscriptions.shared,
    }));
  } finally {
    deadline.stop();
  }
}
