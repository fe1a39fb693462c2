import type { Expression, FunctionCall } from "../syntax/ast.ts";
import type { AnalysisScope } from "./analysis-scope.ts";
import { comparisonTruth } from "./comparison-truth.ts";
import { flworTruth } from "./flwor-truth.ts";
import { ALWAYS, EXISTS, NEVER, and, opaque, or, type Formula } from "./formula.ts";
import { someBound, someNode } from "./node-paths.ts";
import { textTestTruth } from "./value-expression.ts";

/** What must hold where the effective boolean value of an expression is true. */
export function truthOf(expression: Expression, scope: AnalysisScope): Formula {
  const nodes = scope.nodes(expression);
  if (nodes !== undefined) return someNode(nodes, EXISTS);
  switch (expression.kind) {
    case "literal":
      return truthOfLiteral(expression);
    case "variable": {
      const value = scope.valueOf(expression.name);
      if (value?.kind !== "deferred") return opaque("a variable whose value comes from outside, or is computed");
      return and(opaque("a variable for a condition"), value.scope.truth(value.expression));
    }
    case "sequence":
      return and(opaque("a sequence"), or(...expression.items.map((item) => scope.truth(item))));
    case "logical": {
      const parts = expression.operands.map((operand) => scope.truth(operand));
      return expression.operator === "or" ? or(...parts) : and(...parts);
    }
    case "binary":
      return comparisonTruth(expression, scope);
    case "functionCall":
      return truthOfCall(expression, scope);
    case "flwor":
      return flworTruth(expression, scope);
    case "quantified":
      return truthOfQuantified(expression, scope);
    case "if":
      return or(
        and(scope.truth(expression.condition), scope.truth(expression.then)),
        and(falsehoodOf(expression.condition, scope), scope.truth(expression.else)),
      );
    case "path": {
      const left = expression.left === "root" ? undefined : scope.nodes(expression.left);
      if (left === undefined || expression.right === undefined) return opaque("a path from nodes that are not known");
      return someResult(left, expression.right, scope);
    }
    case "simpleMap": {
      const left = scope.nodes(expression.left);
      return left === undefined ? opaque("the operator !") : someResult(left, expression.right, scope);
    }
    case "ordered":
    case "unordered":
      return scope.truth(expression.body);
    default:
      return opaque(`an expression of the kind ${expression.kind}`);
  }
}

/**
 * The values of all nodes in one sequence: whether it begins with a node or is one value, one of its parts is true by itself.
 * Several values are an error.
 */
function someResult(nodes: NonNullable<AnalysisScope["focus"]>, result: Expression, scope: AnalysisScope): Formula {
  return and(
    opaque("a value for each of several nodes"),
    someBound(nodes, (node) => scope.withFocus([node]).truth(result)),
  );
}

function truthOfLiteral({ type, value }: Extract<Expression, { kind: "literal" }>): Formula {
  return (type === "string" ? value !== "" : Number(value) !== 0) ? ALWAYS : NEVER;
}

function truthOfCall(call: FunctionCall, scope: AnalysisScope): Formula {
  const name = scope.standardFunction(call);
  const [first] = call.arguments;
  switch (name) {
    case "true":
      return ALWAYS;
    case "false":
      return NEVER;
    default:
  }
  if (first === undefined || name === undefined) return opaque(`the function ${call.name.localName}()`);
  switch (name) {
    case "not":
    case "empty":
      return name === "not" ? falsehoodOf(first, scope) : opaque("a negation");
    case "boolean":
      return scope.truth(first);
    case "exists":
    case "count": {
      const nodes = scope.nodes(first);
      return nodes === undefined ? opaque(`${name}() of values`) : someNode(nodes, EXISTS);
    }
    case "starts-with":
    case "ends-with":
    case "contains":
      return textTestTruth(name, call, scope);
    default:
      return opaque(`the function ${name}()`);
  }
}

/** What must hold where the effective boolean value is false. */
function falsehoodOf(expression: Expression, scope: AnalysisScope): Formula {
  switch (expression.kind) {
    case "logical": {
      const parts = expression.operands.map((operand) => falsehoodOf(operand, scope));
      return expression.operator === "or" ? and(...parts) : or(...parts);
    }
    case "functionCall": {
      const [first] = expression.arguments;
      const name = scope.standardFunction(expression);
      if (name === "true") return NEVER;
      if (name === "false") return ALWAYS;
      if (first === undefined) break;
      if (name === "not") return scope.truth(first);
      if (name === "boolean") return falsehoodOf(first, scope);
      if (name === "empty") {
        const nodes = scope.nodes(first);
        if (nodes !== undefined) return someNode(nodes, EXISTS);
      }
      break;
    }
    default:
  }
  return opaque("a negation");
}

function truthOfQuantified(
  { quantifier, bindings, satisfies }: Extract<Expression, { kind: "quantified" }>,
  scope: AnalysisScope,
): Formula {
  if (quantifier === "every") return opaque("every … satisfies");
  const from = (index: number, inner: AnalysisScope): Formula => {
    const binding = bindings[index];
    if (binding === undefined) return inner.truth(satisfies);
    const nodes = inner.nodes(binding.in);
    const rest = (value: Parameters<AnalysisScope["with"]>[1]): Formula =>
      from(index + 1, inner.with(binding.variable, value));
    const typed = binding.type === undefined ? [] : [opaque("a variable with a type")];
    if (nodes === undefined) return and(...typed, opaque("a variable that is no node"), rest(undefined));
    return and(
      ...typed,
      someBound(nodes, (node) => rest({ kind: "nodes", paths: [node] })),
    );
  };
  return from(0, scope);
}
