import type { Receiver } from "rhea";
import { awaitAttach, tryAttach, type LinkPurpose } from "./attach.ts";
import type { BusConnection } from "./connection.ts";
import { inWords } from "./connection-errors.ts";
import type { Deadline } from "./deadline.ts";
import { NotConnectedError } from "./errors.ts";
import {
  echoedFilters,
  judgePlacement,
  planFilters,
  type BrokerFilter,
  type FilterPlacement,
  type FilterPlan,
} from "./placement/index.ts";
import { assertKept, sourceOf } from "./subscription-source.ts";
import type { Subscription } from "./subscription.ts";

/** A receiver that the broker has attached, and what it does for its filter. */
export interface AttachedReceiver {
  readonly receiver: Receiver;
  readonly placement: FilterPlacement;
}

/**
 * Attaches a receiver with the filters that the broker offers. A link that is refused with filters is asked for again without them, so that
 * a broker can only ever save work.
 *
 * @throws RefusedError the broker refuses the link without filters, too; else as `connection.wait`
 */
export async function attachReceiver(
  connection: BusConnection,
  subscription: Subscription,
  deadline: Deadline,
): Promise<AttachedReceiver> {
  const plan = planOn(connection, subscription);
  const refusals: string[] = [];
  if (plan.asked.length > 0) {
    const receiver = openReceiver(connection, subscription, plan.asked);
    const refusal = await tryAttach(connection, receiver, deadline);
    if (refusal === undefined) return attached(connection, subscription, receiver, plan, refusals);
    refusals.push(`the broker refused the link with its filters: ${inWords(refusal)}`);
  }
  const receiver = openReceiver(connection, subscription, []);
  await awaitAttach(connection, receiver, deadline, purposeOf(connection, subscription));
  return attached(connection, subscription, receiver, { ...plan, asked: [] }, refusals);
}

function purposeOf({ dialect }: BusConnection, { routed }: Subscription): LinkPurpose | undefined {
  if (routed === undefined) return undefined;
  const unknownHint = "the daemon's router makes this queue; was it deleted by hand?";
  return { address: dialect.queueAt(routed.queue).address, unknownHint };
}

function openReceiver(
  connection: BusConnection,
  subscription: Subscription,
  filters: readonly BrokerFilter[],
): Receiver {
  return connection.session.open_receiver({
    ...sourceOf(subscription, connection.dialect, connection.url.domain, filters),
    snd_settle_mode: 0,
    credit_window: 0,
    autoaccept: false,
  });
}

function attached(
  connection: BusConnection,
  subscription: Subscription,
  receiver: Receiver,
  plan: FilterPlan,
  refusals: readonly string[],
): AttachedReceiver {
  const { dialect, properties } = connection;
  assertKept(subscription, receiver.source, connection);
  const echoed = echoedFilters(plan.asked, receiver.source.filter);
  return { receiver, placement: judgePlacement({ plan, dialect, properties, subscription, echoed, refusals }) };
}

function planOn({ dialect, url }: BusConnection, subscription: Subscription): FilterPlan {
  return planFilters(subscription, dialect, url.domain);
}

/**
 * Gives a connection up when the catalog has changed so that other filters are to be asked for: the next one asks for them. What the old selector
 * left out would else be missed.
 *
 * @returns ends it
 */
export function renewWithCatalog(connection: BusConnection, subscription: Subscription): () => void {
  const { wish } = subscription;
  if (wish?.catalog === undefined || !wish.canRenew) return () => undefined;
  const wanted = (): string => JSON.stringify(planOn(connection, subscription).asked);
  const before = wanted();
  return wish.catalog.onChange(() => {
    if (wanted() === before) return;
    connection.abandon(new NotConnectedError("the catalog has changed, and with it what the broker is to leave out"));
  });
}
