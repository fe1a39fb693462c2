import type { Delivery, EventContext, Receiver } from "rhea";
import type { BusConnection } from "../connection.ts";
import type { Deadline } from "../deadline.ts";

/** A broker that does not answer a drain has nothing for us for so long, in ms. */
const SILENCE_MS = 1_000;

/**
 * Takes messages that wait in a queue, until there are no more.
 *
 * @param receiver one without credit
 * @returns how many came
 */
export async function takeWaiting(
  connection: BusConnection,
  receiver: Receiver,
  deadline: Deadline,
  { most, take }: { readonly most: number; readonly take: (delivery: Delivery) => void },
): Promise<number> {
  let count = 0;
  let silence: NodeJS.Timeout | undefined;
  try {
    await connection.wait(deadline, (resolve) => {
      const listen = (): void => {
        clearTimeout(silence);
        silence = setTimeout(resolve, SILENCE_MS);
      };
      receiver.on("message", ({ delivery }: EventContext) => {
        if (delivery !== undefined) take(delivery);
        if (++count === most) resolve();
        else listen();
      });
      receiver.on("receiver_drained", () => resolve());
      receiver.drain = true;
      receiver.add_credit(most);
      listen();
    });
    return count;
  } finally {
    clearTimeout(silence);
    receiver.removeAllListeners("message");
    receiver.removeAllListeners("receiver_drained");
  }
}
