import { randomUUID } from "node:crypto";
import type { Receiver, ReceiverOptions } from "rhea";
import type { Dialect } from "./dialects/index.ts";
import { RefusedError } from "./errors.ts";
import { describedFilters, type BrokerFilter } from "./placement/index.ts";
import type { Subscription } from "./subscription.ts";

/** Terminus durability `unsettled-state` (AMQP 1.0, part 3.5.5): the state of deliveries is kept as well. */
const UNSETTLED_STATE = 2;

/**
 * How a subscription is asked for: a durable one by the container id, the link's name and the expiry policy `never`, a shared one by
 * the capabilities `shared` and `global` and the part of the link's name before `|`, as the AMQP binding of JMS 2.0 writes it. Where
 * a product has queues instead, it is one of them. Where taking a link over loses what waits, every named subscription is a shared one, and
 * each of its links has a name of its own.
 *
 * @param filters what is asked of the broker beside
 * @throws RefusedError the broker's product has no such subscriptions
 */
export function sourceOf(
  subscription: Subscription,
  dialect: Dialect,
  domain: string,
  filters: readonly BrokerFilter[],
): ReceiverOptions {
  const { durable, routed } = subscription;
  if (routed !== undefined) {
    const { address, capabilities } = dialect.queueAt(routed.queue);
    return { source: { address, ...(capabilities === undefined ? {} : { capabilities: [...capabilities] }) } };
  }
  const { losesWhenTakenOver = false } = dialect.subscriptions;
  const shared = subscription.shared ?? (losesWhenTakenOver ? durable : undefined);
  assertHas(dialect, "durable", durable);
  assertHas(dialect, "shared", shared);
  const queue = queueOf(subscription, dialect);
  if (queue !== undefined) return { source: { address: queue } };
  const routingKey = filters.find(({ kind }) => kind === "routing-key");
  const { address, capabilities = [] } = dialect.subscribeTo(domain, routingKey?.text);
  const described = filters.filter((filter) => filter !== routingKey);
  if (dialect.bindingKey !== undefined) described.push({ kind: "routing-key", text: dialect.bindingKey });
  const asked = [...capabilities, ...(shared === undefined ? [] : ["shared", "global"])];
  const name = shared === undefined ? durable : `${shared}|global${losesWhenTakenOver ? `-${randomUUID()}` : ""}`;
  return {
    ...(name === undefined ? {} : { name }),
    source: {
      address,
      ...(durable === undefined ? {} : { durable: UNSETTLED_STATE, expiry_policy: "never" }),
      ...(asked.length === 0 ? {} : { capabilities: asked }),
      ...(described.length === 0 ? {} : { filter: describedFilters(described) }),
    },
  };
}

function queueOf({ durable, shared }: Subscription, dialect: Dialect): string | undefined {
  if (dialect.subscriptions.areQueues !== true) return undefined;
  const subscription = durable ?? shared;
  if (subscription !== undefined) return dialect.queueAt(subscription).address;
  throw new RefusedError(
    `${dialect.name} delivers from queues only: declare one that is bound to the exchange, and name it with option durable (docs/brokers.md)`,
  );
}

function assertHas(dialect: Dialect, kind: "durable" | "shared", name: string | undefined): void {
  if (name === undefined || dialect.subscriptions[kind]) return;
  throw new RefusedError(
    `${dialect.name} keeps no ${kind} subscriptions for AMQP 1.0; "${name}" would lose events without a word (docs/client.md)`,
  );
}

/** Who has answered. */
interface Broker {
  readonly dialect: Dialect;
  readonly place: string;
}

/** @throws RefusedError the broker has attached the link and does not keep the subscription */
export function assertKept(
  { durable, routed }: Subscription,
  source: Receiver["source"],
  { dialect, place }: Broker,
): void {
  if (
    durable === undefined ||
    routed !== undefined ||
    dialect.subscriptions.areQueues === true ||
    Number(source.durable) > 0
  )
    return;
  throw new RefusedError(`the broker at ${place} does not keep the subscription "${durable}": it is not durable there`);
}
