import type { BrokerProperties, Dialect } from "../dialects/index.ts";
import type { Subscription } from "../subscription.ts";
import type { BrokerFilter, FilterPlacement } from "./filter-placement.ts";
import type { FilterPlan } from "./plan-filters.ts";

/** What is known when the broker has answered. */
export interface PlacementFacts {
  readonly plan: FilterPlan;
  readonly dialect: Dialect;
  readonly properties: BrokerProperties;
  readonly subscription: Subscription;
  /** Those of the filters that the broker's answer has. */
  readonly echoed: readonly BrokerFilter[];
  /** What the broker said to filters that it refused before. */
  readonly refusals: readonly string[];
}

/** What a broker's answer to the filters of a link means. */
export function judgePlacement({
  plan,
  dialect,
  properties,
  subscription,
  echoed,
  refusals,
}: PlacementFacts): FilterPlacement {
  const { asked } = plan;
  const reasons = [...plan.reasons, ...refusals];
  const applied: BrokerFilter[] = [];
  for (const filter of asked) {
    // A routing key is part of the address, which needs no echo.
    const support = filter.kind === "routing-key" ? "applied" : dialect.filters[filter.kind];
    const isEchoed = filter.kind === "routing-key" || echoed.includes(filter);
    if (!isEchoed) reasons.push(`the broker does not apply the ${filter.kind}: its answer does not have it`);
    else if (support === "claimed")
      reasons.push(`the broker says that it applies the ${filter.kind}; whether it does is not known`);
    if (isEchoed && support !== "claimed") applied.push(filter);
  }
  const isExact = applied.some(({ kind }) => kind === "xquery") && dialect.filters.xquery === "exact";
  const because = isExact || subscription.routed ? reasonToRunHere(subscription) : "only the filter itself is exact";
  if (because !== undefined) reasons.push(`the filter runs here: ${because}`);
  else if (subscription.routed === undefined) reasons.push("the broker evaluates the filter itself, exactly");
  return Object.freeze<FilterPlacement>({
    dialect: dialect.name,
    product: productOf(properties),
    asked,
    applied: Object.freeze(applied),
    routedQueue: subscription.routed?.queue,
    runsHere: because !== undefined,
    reasons: Object.freeze(reasons),
  });
}

function reasonToRunHere({ durable, shared, wish, routed }: Subscription): string | undefined {
  if (routed !== undefined) {
    if (routed.isExact) return undefined;
    return routed.unasked === undefined
      ? "the filter of the route was changed, and what waited was chosen by the one of then"
      : `${routed.unasked}; what a router has put on its queue before may have been chosen by another filter`;
  }
  if (durable !== undefined) return "what waited for a durable subscription was chosen by the filter of then";
  if (shared !== undefined) return "others may have attached to the shared subscription with another filter";
  if (wish !== undefined && wish.filter.variables.length > 0) return "it reads properties of the message";
  return undefined;
}

function productOf({ product, version }: BrokerProperties): string | undefined {
  const words = [product, version].filter((word) => typeof word === "string");
  return words.length === 0 ? undefined : words.join(" ");
}
