import type { FlworClause, FlworExpression } from "../syntax/ast.ts";
import type { AnalysisScope, KnownValue } from "./analysis-scope.ts";
import { EXISTS, and, opaque, type Formula } from "./formula.ts";
import { someBound, someNode } from "./node-paths.ts";

/**
 * What must hold where the result of a FLWOR expression is true: for one of the tuples the conditions, and what is returned for it. (All
 * results together are true when they begin with a node, or are one value; either way one of them is true by itself.)
 */
export function flworTruth(flwor: FlworExpression, scope: AnalysisScope): Formula {
  return fromClause(flwor, 0, scope);
}

function fromClause(flwor: FlworExpression, index: number, scope: AnalysisScope): Formula {
  const clause = flwor.clauses[index];
  if (clause === undefined) return returned(flwor, scope);
  const rest = (inner: AnalysisScope): Formula => fromClause(flwor, index + 1, inner);
  switch (clause.kind) {
    case "for":
      return forTruth(clause, scope, rest);
    case "let":
      return letTruth(clause, scope, rest);
    case "where":
      return and(scope.truth(clause.condition), rest(scope));
    case "orderBy":
      return and(opaque("order by"), rest(scope));
    case "count":
      return rest(scope.with(clause.variable, undefined));
    case "groupBy":
      // Behind it a variable stands for what all tuples of a group have.
      return opaque("group by");
    case "window": {
      const nodes = scope.nodes(clause.in);
      return and(opaque("a window"), ...(nodes === undefined ? [] : [someNode(nodes, EXISTS)]));
    }
  }
}

/** Several values would be an error, several nodes are not. */
function returned(flwor: FlworExpression, scope: AnalysisScope): Formula {
  const isRepeated = flwor.clauses.some(({ kind }) => kind === "for");
  const truth = scope.truth(flwor.return);
  return isRepeated && scope.nodes(flwor.return) === undefined ? and(opaque("for … return values"), truth) : truth;
}

function forTruth(
  clause: Extract<FlworClause, { kind: "for" }>,
  scope: AnalysisScope,
  rest: (inner: AnalysisScope) => Formula,
): Formula {
  const bind = (value: KnownValue | undefined): AnalysisScope => {
    const inner = scope.with(clause.variable, value);
    return clause.position === undefined ? inner : inner.with(clause.position, undefined);
  };
  const typed = clause.type === undefined ? [] : [opaque("a variable with a type")];
  const nodes = clause.allowingEmpty ? undefined : scope.nodes(clause.in);
  if (nodes === undefined) return and(...typed, opaque("a variable that is no node"), rest(bind(undefined)));
  return and(
    ...typed,
    someBound(nodes, (node) => rest(bind({ kind: "nodes", paths: [node] }))),
  );
}

function letTruth(
  clause: Extract<FlworClause, { kind: "let" }>,
  scope: AnalysisScope,
  rest: (inner: AnalysisScope) => Formula,
): Formula {
  const nodes = scope.nodes(clause.value);
  // The value is evaluated even where nobody uses it, and may be an error.
  const isSafe =
    clause.type === undefined &&
    (clause.value.kind === "literal" ||
      nodes?.every(({ wraps, reason }) => wraps.length === 0 && reason === "") === true);
  const value: KnownValue =
    nodes === undefined ? { kind: "deferred", expression: clause.value, scope } : { kind: "nodes", paths: nodes };
  return and(...(isSafe ? [] : [opaque("a variable for a computed value")]), rest(scope.with(clause.variable, value)));
}
