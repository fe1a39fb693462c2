import { randomUUID } from "node:crypto";
import type { XqbusError } from "../../errors.ts";
import type { BusConnection } from "../connection.ts";
import type { Deadline } from "../deadline.ts";
import { PendingSends } from "../pending-sends.ts";
import { temporaryQueue } from "../rhea-internals.ts";
import { attachSender } from "../sender-link.ts";
import { QueueReceiver } from "./queue-receiver.ts";
import { REFUSALS, requestQueue } from "./request-queue.ts";

/** Answers on their way that a caller takes. */
const REPLY_WINDOW = 100;

/** What a caller has on one connection: requests go out, answers come in. */
export interface RequestLinks {
  readonly receiver: QueueReceiver;
  readonly sends: PendingSends;
  /** Where answers find the way back. */
  readonly replyTo: string;
  readonly subject: string;
  readonly user: string | undefined;
  /** What was told to requests when the connection was lost: those that were not sent, and those that may have been. */
  loss: { readonly notSent: XqbusError; readonly lost: XqbusError } | undefined;
}

/**
 * Attaches a sender to the service's queue, and a receiver to a queue of its own for the answers.
 *
 * @throws RefusedError; else as `connection.wait`
 */
export async function attachRequestLinks(
  connection: BusConnection,
  service: string,
  deadline: Deadline,
): Promise<RequestLinks> {
  const own = connection.dialect.replyQueue?.(randomUUID());
  const receiver = await QueueReceiver.attach(
    connection,
    {
      source: own === undefined ? temporaryQueue() : { address: own.source },
      purpose: {
        address: own?.source ?? "a temporary queue",
        unknownHint: "answers to requests come back by a queue that the broker makes",
      },
      window: REPLY_WINDOW,
    },
    deadline,
  );
  const sends = new PendingSends(REFUSALS);
  const { terminus, purpose, subject } = requestQueue(connection, service);
  const port = await attachSender(connection, sends, deadline, { terminus, purpose });
  sends.attach(port);
  return {
    receiver,
    sends,
    replyTo: own?.replyTo ?? receiver.address,
    subject,
    user: connection.url.user,
    loss: undefined,
  };
}
