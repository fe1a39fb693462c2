import type { Axis, AxisStep, Expression, PathExpression } from "../syntax/ast.ts";
import type { Analysis, Place } from "./analysis.ts";
import { nodesOn } from "./axes.ts";
import { NO_EVENTS, type EventSet } from "./event-set.ts";
import { explainContradiction } from "./explain-contradiction.ts";
import { explainStep } from "./explain-step.ts";
import { readNodeTest, type NodeTest } from "./node-test.ts";
import { anything, eventsOf, merged, restrict, truthOf, within, type Item, type Value } from "./value.ts";

/** A path: what its right side gives for the nodes of its left side. */
export function evaluatePath(path: PathExpression, place: Place, analysis: Analysis): Value {
  const { right } = path;
  if (right === undefined) return documentOf(place);
  const step = descendantStep(path);
  const start = step === undefined ? path.left : step.start;
  const left = start === "root" ? documentOf(place) : analysis.evaluate(start, place);
  const inner = { ...place, focus: { items: left.items, empty: NO_EVENTS }, live: place.live & eventsOf(left) };
  const found =
    step === undefined ? analysis.evaluate(right, inner) : evaluateStep(step.step, inner, analysis, "descendant");
  return { items: found.items, empty: (found.empty | left.empty) & place.live };
}

/** `base/descendant-or-self::node()/child::x` is as `base/descendant::x`, which need not look at all nodes. */
function descendantStep({
  left,
  right,
}: PathExpression): { readonly start: Expression | "root"; readonly step: AxisStep } | undefined {
  if (left === "root" || left.kind !== "path" || right?.kind !== "step" || right.axis !== "child") return undefined;
  const isAbbreviated = left.right?.kind === "step" && left.right.isAbbreviated === true;
  return isAbbreviated ? { start: left.left, step: right } : undefined;
}

/** `/`: the root of the tree in which the context item is. */
function documentOf({ live, focus }: Place): Value {
  return rootOf(focus?.items ?? [], live);
}

/** The document; or anything, where a node may be one that the query has made, which is in another tree. */
export function rootOf(nodes: readonly Item[], live: EventSet): Value {
  const mayBeMade = nodes.some(({ kind }) => kind === "anything");
  return mayBeMade ? anything(live) : { items: [{ kind: "document", events: live }], empty: NO_EVENTS };
}

/**
 * A step from the context item.
 *
 * @param axis another one where the step stands behind `//`
 */
export function evaluateStep(step: AxisStep, place: Place, analysis: Analysis, axis: Axis = step.axis): Value {
  const { focus, scope, live } = place;
  if (focus === undefined) return anything(live);
  const test = readNodeTest(step.test, axis === "attribute" ? "attribute" : "element", scope);
  const found = nodesFrom(axis, focus.items, test, analysis);
  const nodes = focus.items.filter(({ kind }) => kind !== "atomic");
  if (nodes.length > 0) {
    analysis.findings.judge(step, found.length > 0, () => explainStep(step.at, axis, test, nodes, analysis));
  }
  const empty = live & ~certain(axis, focus.items, found, test, analysis);
  return step.predicates.reduce<Value>((base, predicate) => applyPredicate(base, predicate, place, analysis), {
    items: found,
    empty,
  });
}

function nodesFrom(axis: Axis, items: readonly Item[], test: NodeTest, analysis: Analysis): readonly Item[] {
  const found = merged(items.flatMap((item) => nodesOn(axis, item, test, analysis)));
  analysis.charge(items.length + found.length);
  return found;
}

/** The event types in whose documents the step certainly finds something: the envelope, and the event in it. */
function certain(
  axis: Axis,
  from: readonly Item[],
  found: readonly Item[],
  test: NodeTest,
  analysis: Analysis,
): EventSet {
  const { documents, universe } = analysis;
  if (axis !== "child") return NO_EVENTS;
  if (from.every(({ kind }) => kind === "document")) {
    return test.elements && documents.roots.every(({ name }) => test.fits(name)) ? universe.all : NO_EVENTS;
  }
  const isInEnvelope = from.every((item) => item.kind === "element" && documents.roots.includes(item.element));
  if (!isInEnvelope) return NO_EVENTS;
  return found.reduce(
    (all, item) =>
      item.kind === "element" && documents.events.has(item.element) ? all | analysis.eventTypesOf(item.element) : all,
    NO_EVENTS,
  );
}

/** `base[predicate]`. */
export function applyPredicate(base: Value, predicate: Expression, place: Place, analysis: Analysis): Value {
  const before = eventsOf(base);
  const inner = { ...place, focus: { items: base.items, empty: NO_EVENTS }, live: place.live & before };
  const { whenTrue, whenFalse } = truthOfPredicate(analysis.evaluate(predicate, inner), inner.live);
  const after = {
    items: base.items.map((item) => within(item, whenTrue)),
    empty: (base.empty | whenFalse) & place.live,
  };
  if (before !== NO_EVENTS && whenTrue !== NO_EVENTS && eventsOf(after) === NO_EVENTS) {
    analysis.findings.contradict(() => explainContradiction(predicate.at, before, whenTrue, analysis));
  }
  return after;
}

/** A number is compared with the position, which may be any. */
function truthOfPredicate(value: Value, live: EventSet): { readonly whenTrue: EventSet; readonly whenFalse: EventSet } {
  const isPosition = value.items.some((item) => item.kind === "atomic" && item.type === "number");
  return isPosition ? { whenTrue: live, whenFalse: live } : truthOf(value);
}

/** `left ! right`. */
export function evaluateSimpleMap(left: Value, right: Expression, place: Place, analysis: Analysis): Value {
  const inner = { ...place, focus: { items: left.items, empty: NO_EVENTS }, live: place.live & eventsOf(left) };
  const found = analysis.evaluate(right, inner);
  return restrict({ items: found.items, empty: found.empty | left.empty }, place.live);
}
