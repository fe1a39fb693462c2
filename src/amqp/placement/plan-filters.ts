import type { Dialect } from "../dialects/index.ts";
import { routingKeysOf, typeLabels } from "../message-labels.ts";
import type { Subscription } from "../subscription.ts";
import type { BrokerFilter } from "./filter-placement.ts";
import type { FilterWish } from "./filter-wish.ts";

/** What to ask a broker for. */
export interface FilterPlan {
  /** The strongest first. Where one of them is enough, the others are not asked for. */
  readonly asked: readonly BrokerFilter[];
  /** Why something is not asked for. */
  readonly reasons: readonly string[];
}

/** The filters that a broker of this product can be asked for. */
export function planFilters(subscription: Subscription, dialect: Dialect, domain: string): FilterPlan {
  const { routed, unrouted } = subscription;
  if (routed !== undefined) return { asked: [], reasons: ["the daemon's router filters"] };
  const plan = planUnrouted(subscription, dialect, domain);
  return unrouted === undefined ? plan : { ...plan, reasons: [...plan.reasons, unrouted] };
}

function planUnrouted(subscription: Subscription, dialect: Dialect, domain: string): FilterPlan {
  const { wish } = subscription;
  if (wish === undefined || wish.filter.text === ".") return { asked: [], reasons: ["every event is wanted"] };
  if (wish.mode === "here")
    return { asked: [], reasons: ['option placement is "here": nothing is asked of the broker'] };
  const reasons: string[] = [];
  const xquery = planXQuery(wish, dialect, subscription, reasons);
  if (xquery !== undefined && dialect.filters.xquery !== "claimed") return { asked: xquery, reasons };
  const selector = planSelector(wish, dialect, subscription, domain, reasons);
  const asked = [...(xquery ?? []), ...(selector ?? [])];
  if (asked.length > 0) return { asked, reasons };
  return { asked: planRoutingKey(wish, dialect, domain, reasons) ?? [], reasons };
}

type Part = readonly BrokerFilter[] | undefined;

function planXQuery(
  { filter }: FilterWish,
  { name, filters }: Dialect,
  { durable }: Pick<Subscription, "durable">,
  reasons: string[],
): Part {
  if (filters.xquery === "none") {
    reasons.push(`${name} evaluates no XQuery`);
    return undefined;
  }
  if (durable !== undefined && !filters.filterMayChange) {
    reasons.push(`a durable subscription on ${name} cannot change its XQuery`);
    return undefined;
  }
  const text = filter.xquery;
  if (text !== undefined) return [{ kind: "xquery", text }];
  reasons.push(`a filter in ${filter.language} cannot be written as XQuery for others`);
  return undefined;
}

function planSelector(
  { filter, catalog, mode, canRenew }: FilterWish,
  { name, filters }: Dialect,
  { durable }: Pick<Subscription, "durable">,
  domain: string,
  reasons: string[],
): Part {
  if (filters.selector === "none") {
    reasons.push(`${name} applies no selector to a topic`);
    return undefined;
  }
  if (catalog === undefined) {
    reasons.push("without a catalog nothing is known of promoted fields, so that no selector follows from the filter");
    return undefined;
  }
  if (durable !== undefined && mode === "open" && !filters.filterMayChange) {
    reasons.push(
      `a durable subscription on ${name} loses what waits for it when its selector changes; option placement "labelled" asks for one`,
    );
    return undefined;
  }
  if (!canRenew) {
    reasons.push("a change of the catalog would want another selector, and the consumer is not to connect again");
    return undefined;
  }
  const text = filter.labelledSelector(catalog, typeLabels(domain, catalog), { open: mode === "open" });
  if (text === undefined) {
    reasons.push("the filter says nothing about event types and promoted fields that a selector can say");
    return undefined;
  }
  return [{ kind: "selector", text }];
}

function planRoutingKey(
  { filter, catalog, mode }: FilterWish,
  dialect: Dialect,
  domain: string,
  reasons: string[],
): Part {
  if (!dialect.filters.routingKey) return undefined;
  if (mode === "open") {
    reasons.push(
      'routing keys are not relied on, as foreign senders choose their own; option placement "labelled" does',
    );
    return undefined;
  }
  const eventTypes = catalog === undefined ? "all" : filter.check(catalog).eventTypes;
  const [only, ...others] =
    catalog === undefined || eventTypes === "all" ? [] : routingKeysOf(domain, catalog, eventTypes);
  if (only === undefined || others.length > 0) {
    reasons.push("a link has one routing key here, and the filter is not about one event type of a catalog");
    return undefined;
  }
  return [{ kind: "routing-key", text: only }];
}
