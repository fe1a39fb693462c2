import type { Deadline } from "../deadline.ts";
import { RefusedError } from "../errors.ts";
import type { ConnectOptions } from "../options.ts";
import { takeWaiting } from "./take-waiting.ts";
import { withQueue } from "./with-queue.ts";

/**
 * Whether messages wait in a queue: one is taken and given back, which does not count as a delivery. A queue that is not there, or not for us,
 * holds none.
 *
 * @throws NotConnectedError, AuthenticationError, CertificateError, TimeoutError, AbortedError
 */
export async function holdsMessages(
  url: string | readonly string[],
  queue: string,
  connect: ConnectOptions,
  deadline: Deadline,
): Promise<boolean> {
  try {
    return await withQueue(url, queue, connect, deadline, async (connection, receiver) => {
      const given = { most: 1, take: (delivery: { release: () => void }) => delivery.release() };
      return (await takeWaiting(connection, receiver, deadline, given)) > 0;
    });
  } catch (error) {
    if (error instanceof RefusedError) return false;
    throw error;
  }
}
