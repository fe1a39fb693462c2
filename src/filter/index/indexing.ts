import type { AccessPlan } from "./access-plan.ts";
import { intervalOf } from "./interval.ts";
import type { Shape } from "./shape.ts";
import { pathText } from "./steps.ts";
import type { Subscription } from "./subscription.ts";
import type { LiteralSyntax } from "../syntax/ast.ts";

/** How a subscription is found, and why not faster. */
export interface Indexing {
  /**
   * `covered`: the index alone decides. `indexed`: the index finds candidates, the filter itself decides.
   * `scanned`: the filter is evaluated for every event (that has a matching routing key). `never`: no document can match.
   */
  readonly access: "covered" | "indexed" | "scanned" | "never";
  /** What is looked up, one line for each alternative. */
  readonly lookups: readonly string[];
  /** What keeps the index from deciding alone. */
  readonly reasons: readonly string[];
  readonly routingKey: string | undefined;
}

export function indexingOf({ use, literals, pattern }: Subscription): Indexing {
  const { shape } = use;
  const { access } = shape;
  const routingKey = pattern?.text;
  if (access.kind === "never") return { access: "never", lookups: [], reasons: [], routingKey };
  const kind = access.kind === "scanned" ? "scanned" : access.isCovered ? "covered" : "indexed";
  const plans = access.kind === "scanned" ? [] : access.plans;
  return {
    access: kind,
    lookups: plans.map((plan) => lookupText(plan, shape, literals)),
    reasons: access.reasons,
    routingKey,
  };
}

/** The text of a literal in one filter of the shape. */
export function literalText(shape: Shape, literals: readonly string[], literal: LiteralSyntax): string {
  const number = shape.parameters.get(literal);
  return number === undefined ? literal.value : literals[number]!;
}

const VERBS = { equals: "=", prefix: "starts with", suffix: "ends with", contains: "contains" } as const;

function lookupText(plan: AccessPlan, shape: Shape, literals: readonly string[]): string {
  const textOf = (literal: LiteralSyntax): string => literalText(shape, literals, literal);
  const parts = [
    ...plan.required.map((path) => `${relative(path)} exists`),
    ...plan.levels.map(
      ({ kind, path, literal }) => `${relative(path)} ${VERBS[kind]} ${JSON.stringify(textOf(literal))}`,
    ),
  ];
  if (plan.range !== undefined) {
    const { low, high } = intervalOf(plan.range, (bound) => textOf(bound.literal));
    parts.push(`${relative(plan.range.path)} as ${plan.range.scale} in [${low}, ${high}]`);
  }
  const at = pathText(plan.binding.length === 0 && parts.length === 0 ? plan.trigger : plan.binding);
  return parts.length === 0 ? at : `${at === "" ? "/" : at}: ${parts.join(", ")}`;
}

function relative(path: Parameters<typeof pathText>[0]): string {
  return path.length === 0 ? "." : pathText(path).replace(/^\/(?!\/)/, "");
}
