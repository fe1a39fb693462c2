import { statedKey, type StatedOrder, routerQueue } from "../../amqp/index.ts";
import type { StoppedQueue } from "../../broker/index.ts";
import { XqbusError } from "../../errors.ts";
import { isRouteName, type RouteInput } from "../../router/index.ts";

/** Where the messages of one queue go. */
export interface PlannedQueue {
  readonly queue: StoppedQueue;
  /** For people. */
  readonly from: string;
  readonly to: string;
  /** The route that fills the new queue from now on. */
  readonly route: { readonly name: string; readonly input: RouteInput } | undefined;
  readonly note: string | undefined;
}

/** What a plan depends on besides the store. */
export interface PlanOptions {
  readonly folder: string;
  readonly domain: string;
  /** Order of subscriptions by their names: `group-id`, or an XPath. */
  readonly orders: ReadonlyMap<string, string>;
}

/**
 * Decides what becomes of the queues and subscriptions of a broker.
 *
 * @throws XqbusError `xqbus:illegal-argument` the domain is another one, two subscriptions would have one queue, an order is of none;
 * `xqbus:store-in-use` events wait for the daemon itself
 */
export function planQueues(
  queues: readonly StoppedQueue[],
  { folder, domain, orders }: PlanOptions,
): readonly PlannedQueue[] {
  assertDomain(queues, folder, domain);
  assertDrained(queues, folder);
  const planned = queues
    .filter(({ subscription }) => subscription?.isInternal !== true)
    .map((queue) => plannedOf(queue, domain, orders));
  const froms = new Map<string, string>();
  for (const { from, to } of planned) {
    const other = froms.get(to);
    if (other !== undefined) {
      throw new XqbusError(
        "xqbus:illegal-argument",
        `the ${other} and the ${from} would both have the queue ${to}: end one of them with xqbus subscription delete`,
      );
    }
    froms.set(to, from);
  }
  for (const name of orders.keys()) {
    if (planned.some(({ route }) => route?.name === name)) continue;
    const names = planned.flatMap(({ route }) => (route === undefined ? [] : [route.name])).join(", ");
    throw new XqbusError(
      "xqbus:illegal-argument",
      `no subscription "${name}" becomes a route, and an order was given for it; those that do: ${names === "" ? "none" : names}`,
    );
  }
  return planned;
}

/** A subscription that was made for another domain would wait for events that never come. */
function assertDomain(queues: readonly StoppedQueue[], folder: string, domain: string): void {
  const topics = new Set(queues.filter(({ subscription }) => subscription !== undefined).map(({ address }) => address));
  if (topics.size === 0 || topics.has(domain)) return;
  throw new XqbusError(
    "xqbus:illegal-argument",
    `the subscriptions of ${folder} are of the domain ${[...topics].join(", ")}, and [broker] url names ${domain}: expected the same domain`,
  );
}

/** What the daemon itself had not taken yet cannot go to a subscription of another broker, where nobody can send to one of many. */
function assertDrained(queues: readonly StoppedQueue[], folder: string): void {
  const waiting = queues.filter(({ subscription, messages }) => subscription?.isInternal === true && messages > 0);
  if (waiting.length === 0) return;
  const counts = waiting.map(({ subscription, messages }) => `${messages} in ${subscription?.name ?? ""}`).join(", ");
  throw new XqbusError(
    "xqbus:store-in-use",
    `events wait for the daemon of ${folder} itself (${counts}): start it again without anybody who publishes, ` +
      "wait until xqbus subscription list shows none there, and stop it",
  );
}

function plannedOf(queue: StoppedQueue, domain: string, orders: ReadonlyMap<string, string>): PlannedQueue {
  const { id, address, subscription } = queue;
  if (subscription === undefined) {
    return { queue, from: `queue ${address}`, to: address, route: undefined, note: undefined };
  }
  const { label: from, query, pattern, hasOthers } = subscription;
  const name = isRouteName(subscription.name) ? subscription.name : `${id}`;
  const to = routerQueue(address, name);
  const without = (why: string): PlannedQueue => ({
    ...{ queue, from, to, route: undefined },
    note: `the ${from} ${why}: no route is made, and its messages are in the queue ${to}, to be read there once`,
  });
  if (address !== domain) return without(`is of the topic ${address} and not of the domain ${domain}`);
  if (name !== subscription.name) return without("has a name that no route can have");
  if (query === undefined) return without("has no XQuery, so that its consumer subscribes to the new broker by itself");
  const orderBy = orderOf(orders.get(name));
  const input: RouteInput = {
    xquery: query,
    ...(pattern === undefined ? {} : { routingKey: pattern }),
    ...(orderBy === undefined ? {} : { orderBy }),
  };
  const note = hasOthers
    ? `the ${from} has filters besides its XQuery, which the route does not have; its consumer gets more`
    : undefined;
  return { queue, from, to, route: { name, input }, note };
}

function orderOf(text: string | undefined): StatedOrder | undefined {
  if (text === undefined) return undefined;
  const order: StatedOrder = text === "group-id" ? text : { xpath: text };
  statedKey(order, undefined);
  return order;
}
