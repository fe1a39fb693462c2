import type { FlworClause, FlworExpression, QNameSyntax, WindowCondition } from "../syntax/ast.ts";
import { atomizeAll } from "./atomize.ts";
import type { Analysis, Place } from "./analysis.ts";
import { NO_EVENTS } from "./event-set.ts";
import { explainContradiction } from "./explain-contradiction.ts";
import { atomic, eventsOf, oneOf, truthOf, type Value } from "./value.ts";

/** A FLWOR expression (XQuery 3.1, section 3.12): the clauses from the first to the last narrow for which events it goes on. */
export function evaluateFlwor(flwor: FlworExpression, place: Place, analysis: Analysis): Value {
  const inner = flwor.clauses.reduce((at, clause) => enter(clause, at, analysis), place);
  const { items, empty } = analysis.evaluate(flwor.return, inner);
  // Only with nothing but let there is always one tuple.
  const isOnce = flwor.clauses.every(({ kind }) => kind === "let");
  return { items, empty: isOnce ? empty : place.live };
}

function enter(clause: FlworClause, place: Place, analysis: Analysis): Place {
  switch (clause.kind) {
    case "let":
      return bind(clause.variable, analysis.evaluate(clause.value, place), place);
    case "for": {
      const value = analysis.evaluate(clause.in, place);
      const each: Value = { items: value.items, empty: clause.allowingEmpty ? value.empty : NO_EVENTS };
      const live = clause.allowingEmpty ? place.live : place.live & eventsOf(value);
      const bound = bind(clause.variable, each, { ...place, live });
      return clause.position === undefined ? bound : bind(clause.position, integer(bound), bound);
    }
    case "where":
      return narrow(clause.condition, place, analysis);
    case "orderBy":
      for (const { value } of clause.keys) analysis.evaluate(value, place);
      return place;
    case "groupBy":
      return clause.keys.reduce((at, { variable, value }) => {
        const name = String(at.scope.resolve(variable, "none"));
        const key = value === undefined ? analysis.variable(name, at) : analysis.evaluate(value, at);
        return bind(variable, { items: atomizeAll(key.items), empty: at.live }, at);
      }, place);
    case "count":
      return bind(clause.variable, integer(place), place);
    case "window": {
      const value = analysis.evaluate(clause.in, place);
      const inWindow = bind(clause.variable, value, { ...place, live: place.live & eventsOf(value) });
      const started = enterWindow(clause.start, value, inWindow, analysis);
      return clause.end === undefined ? started : enterWindow(clause.end, value, started, analysis);
    }
  }
}

/** Goes on only where a condition may be true. */
function narrow(
  condition: Extract<FlworClause, { kind: "where" }>["condition"],
  place: Place,
  analysis: Analysis,
): Place {
  const { whenTrue } = truthOf(analysis.evaluate(condition, place));
  const live = place.live & whenTrue;
  if (place.live !== NO_EVENTS && whenTrue !== NO_EVENTS && live === NO_EVENTS) {
    analysis.findings.contradict(() => explainContradiction(condition.at, place.live, whenTrue, analysis));
  }
  return { ...place, live };
}

function enterWindow(
  { current, position, previous, next, when }: WindowCondition,
  value: Value,
  place: Place,
  analysis: Analysis,
): Place {
  const optional: Value = { items: value.items, empty: place.live };
  const bindings: readonly (readonly [QNameSyntax | undefined, Value])[] = [
    [current, { items: value.items, empty: NO_EVENTS }],
    [position, integer(place)],
    [previous, optional],
    [next, optional],
  ];
  const inner = bindings.reduce((at, [name, each]) => (name === undefined ? at : bind(name, each, at)), place);
  analysis.evaluate(when, inner);
  return inner;
}

/** A place with one more variable. */
export function bind(variable: QNameSyntax, value: Value, place: Place): Place {
  const name = String(place.scope.resolve(variable, "none"));
  return { ...place, variables: new Map(place.variables).set(name, value) };
}

function integer({ live }: Place): Value {
  return oneOf(atomic("number", live, { numbers: { min: 1, max: Infinity, isInteger: true } }));
}
