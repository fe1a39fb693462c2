import type { Receiver, Sender } from "rhea";
import type { BusConnection } from "./connection.ts";
import { inWords, peerError } from "./connection-errors.ts";
import type { Deadline } from "./deadline.ts";
import type { Dialect } from "./dialects/index.ts";
import { RefusedError } from "./errors.ts";
import { isAttached } from "./rhea-internals.ts";

/** The node does not exist (AMQP 1.0, part 2.8.15). */
const NOT_FOUND = "amqp:not-found";

/** What a link is for, when it is not the domain's topic. */
export interface LinkPurpose {
  readonly address: string;
  /** What to do when the broker does not know it: a clause for an error message. */
  readonly unknownHint: string;
}

/**
 * Waits until the broker has attached its end of a link. A refusal is an attach without the terminus that was asked for,
 * followed by a detach with the reason (AMQP 1.0, part 2.6.3). A detach later on is a loss of the connection.
 *
 * @throws RefusedError; else as `connection.wait`
 */
export async function awaitAttach(
  connection: BusConnection,
  link: Sender | Receiver,
  deadline: Deadline,
  purpose?: LinkPurpose,
): Promise<void> {
  const refusal = await tryAttach(connection, link, deadline, purpose);
  if (refusal === undefined) return;
  connection.abandon(refusal);
  throw refusal;
}

/**
 * The same for a link that another one can take the place of.
 *
 * @returns the refusal; the connection is still there
 */
export async function tryAttach(
  connection: BusConnection,
  link: Sender | Receiver,
  deadline: Deadline,
  purpose?: LinkPurpose,
): Promise<RefusedError | undefined> {
  const kind = link.is_sender() ? "sender" : "receiver";
  let refusal: RefusedError | undefined;
  await connection.wait(deadline, (resolve, reject) => {
    link.once(`${kind}_close`, () => {
      refusal = detached(connection, link, purpose);
      resolve();
    });
    link.on(`${kind}_open`, () => {
      if (purpose === undefined && isQueue(link, connection.dialect)) reject(noTopic(connection, link));
      else if (isAttached(link)) resolve();
    });
  });
  if (refusal === undefined) link.on(`${kind}_close`, () => connection.abandon(detached(connection, link, purpose)));
  return refusal;
}

/** Broker-J makes a queue of a name it does not know where it is set up so; consumers of a queue take events from each other. */
function isQueue(link: Sender | Receiver, { subscriptions }: Dialect): boolean {
  if (link.is_sender() || subscriptions.areQueues === true || !isAttached(link)) return false;
  const capabilities = [link.source.capabilities].flat();
  return capabilities.includes("queue") && !capabilities.includes("topic");
}

function noTopic({ url, dialect, place }: BusConnection, link: Sender | Receiver): RefusedError {
  const hint = dialect.unknownTopicHint(url.domain);
  return new RefusedError(`"${link.source.address}" is a queue on the broker at ${place}, not a topic; ${hint}`);
}

function detached(connection: BusConnection, link: Sender | Receiver, purpose?: LinkPurpose): RefusedError {
  const { url, dialect, place } = connection;
  const [verb, topic] = link.is_sender()
    ? (["send to", dialect.publishTo(url.domain)] as const)
    : (["receive from", dialect.subscribeTo(url.domain)] as const);
  const { address } = purpose ?? topic;
  const error = peerError(link.error);
  const advice = purpose?.unknownHint ?? dialect.unknownTopicHint(url.domain);
  const hint = error?.condition === NOT_FOUND ? `; ${advice}` : "";
  return new RefusedError(
    `the broker at ${place} does not let us ${verb} "${address}": ${inWords(error)}${hint}`,
    error,
  );
}
