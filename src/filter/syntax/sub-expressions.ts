import type { Expression, FlworClause } from "./ast.ts";

/**
 * The expressions directly inside another one, in the order they are written. Bodies of inline functions and the content of
 * constructors are left out: when, and how often, they are evaluated is not decided where they stand.
 */
export function subExpressions(expression: Expression): readonly Expression[] {
  switch (expression.kind) {
    case "sequence":
      return expression.items;
    case "functionCall":
      return expression.arguments.filter((argument) => argument !== undefined);
    case "dynamicCall":
      return [expression.function, ...expression.arguments.filter((argument) => argument !== undefined)];
    case "map":
      return expression.entries.flatMap(({ key, value }) => [key, value]);
    case "squareArray":
      return expression.members;
    case "curlyArray":
      return [expression.content];
    case "lookup":
      return [
        ...(expression.on === undefined ? [] : [expression.on]),
        ...(expression.key.kind === "expression" ? [expression.key.expression] : []),
      ];
    case "path":
      return [
        ...(expression.left === "root" ? [] : [expression.left]),
        ...(expression.right === undefined ? [] : [expression.right]),
      ];
    case "step":
      return expression.predicates;
    case "filter":
      return [expression.base, expression.predicate];
    case "simpleMap":
    case "binary":
      return [expression.left, expression.right];
    case "unary":
    case "instanceOf":
    case "treatAs":
    case "castAs":
    case "castableAs":
      return [expression.operand];
    case "logical":
      return expression.operands;
    case "if":
      return [expression.condition, expression.then, expression.else];
    case "switch":
      return [
        expression.operand,
        ...expression.cases.flatMap(({ values, result }) => [...values, result]),
        expression.default,
      ];
    case "typeswitch":
      return [expression.operand, ...expression.cases.map(({ result }) => result), expression.default];
    case "tryCatch":
      return [expression.body, ...expression.clauses.map(({ result }) => result)];
    case "quantified":
      return [...expression.bindings.map((binding) => binding.in), expression.satisfies];
    case "flwor":
      return [...expression.clauses.flatMap(inClause), expression.return];
    case "ordered":
    case "unordered":
    case "validate":
      return [expression.body];
    case "extension":
      return expression.body === undefined ? [] : [expression.body];
    case "stringConstructor":
      return expression.parts.filter((part) => typeof part !== "string");
    default:
      return [];
  }
}

function inClause(clause: FlworClause): readonly Expression[] {
  switch (clause.kind) {
    case "for":
      return [clause.in];
    case "let":
      return [clause.value];
    case "window":
      return [clause.in, clause.start.when, ...(clause.end === undefined ? [] : [clause.end.when])];
    case "where":
      return [clause.condition];
    case "groupBy":
      return clause.keys.flatMap(({ value }) => (value === undefined ? [] : [value]));
    case "orderBy":
      return clause.keys.map(({ value }) => value);
    case "count":
      return [];
  }
}
