import type { Expression, FunctionCall, LiteralSyntax } from "../syntax/ast.ts";
import { XSD_NAMESPACE } from "../values/namespaces.ts";
import type { AnalysisScope } from "./analysis-scope.ts";
import { EXISTS, and, opaque, type Formula, type Scale } from "./formula.ts";
import { someNode, type NodePaths } from "./node-paths.ts";

/** A value of nodes as a comparison sees it. */
export interface NodeValue {
  readonly nodes: NodePaths;
  /** What the value was made: nothing, a string, or a value of a scale. */
  readonly as: "untyped" | "string" | Scale;
  /** More than one node is an error. */
  readonly isSingle: boolean;
  /** `fn:number` makes NaN of what is no number; a cast makes an error. */
  readonly isStrict: boolean;
}

/** A value that is written in the query. */
export interface ConstantValue {
  readonly literal: LiteralSyntax;
  readonly isNegative: boolean;
  readonly as: "string" | "number" | Exclude<Scale, "double" | "exact">;
}

/** The nodes whose value an expression is; undefined when it is something else. */
export function nodeValueOf(expression: Expression, scope: AnalysisScope): NodeValue | undefined {
  const nodes = scope.nodes(expression);
  if (nodes !== undefined) return { nodes, as: "untyped", isSingle: false, isStrict: true };
  if (expression.kind === "castAs") {
    const type = scope.names.resolve(expression.type, "element");
    return type?.namespace === XSD_NAMESPACE ? castOf(expression.operand, type.localName, scope) : undefined;
  }
  if (expression.kind === "variable") {
    const value = scope.valueOf(expression.name);
    return value?.kind === "deferred" ? nodeValueOf(value.expression, value.scope) : undefined;
  }
  if (expression.kind !== "functionCall" || expression.arguments.length > 1) return undefined;
  const name = scope.names.resolve(expression.name, "function");
  const [argument = undefined] = expression.arguments;
  if (argument === undefined && expression.arguments.length === 1) return undefined;
  if (name?.namespace === XSD_NAMESPACE && argument !== undefined) return castOf(argument, name.localName, scope);
  const standard = scope.standardFunction(expression);
  if (standard !== "string" && standard !== "number" && standard !== "data") return undefined;
  const operand = argument === undefined ? scope.focus : scope.nodes(argument);
  if (operand === undefined) return undefined;
  if (standard === "data") return { nodes: operand, as: "untyped", isSingle: false, isStrict: true };
  return { nodes: operand, as: standard === "string" ? "string" : "double", isSingle: true, isStrict: false };
}

const SCALES: Readonly<Record<string, NodeValue["as"] | undefined>> = {
  string: "string",
  double: "double",
  decimal: "exact",
  integer: "exact",
  int: "exact",
  long: "exact",
  dateTime: "dateTime",
  date: "date",
  time: "time",
};

function castOf(operand: Expression, type: string, scope: AnalysisScope): NodeValue | undefined {
  const as = SCALES[type];
  const nodes = scope.nodes(operand);
  return as === undefined || nodes === undefined ? undefined : { nodes, as, isSingle: true, isStrict: true };
}

/** The constant that an expression is; undefined when it is none that the index compares with. */
export function constantOf(expression: Expression, scope: AnalysisScope): ConstantValue | undefined {
  switch (expression.kind) {
    case "literal":
      return { literal: expression, isNegative: false, as: expression.type === "string" ? "string" : "number" };
    case "unary": {
      const operand = constantOf(expression.operand, scope);
      if (operand?.as !== "number") return undefined;
      return { ...operand, isNegative: operand.isNegative !== (expression.operator === "-") };
    }
    case "variable": {
      const value = scope.valueOf(expression.name);
      return value?.kind === "deferred" ? constantOf(value.expression, value.scope) : undefined;
    }
    case "functionCall": {
      const name = scope.names.resolve(expression.name, "function");
      const [argument, ...more] = expression.arguments;
      if (name?.namespace !== XSD_NAMESPACE || argument?.kind !== "literal" || more.length > 0) return undefined;
      if (argument.type !== "string") return undefined;
      const { localName } = name;
      const isInstant = localName === "dateTime" || localName === "date" || localName === "time";
      return isInstant ? { literal: argument, isNegative: false, as: localName } : undefined;
    }
    default:
      return undefined;
  }
}

/** Functions of a string that give the empty one for the empty one. */
const KEEPS_EMPTY: ReadonlySet<string> = new Set([
  ...["lower-case", "upper-case", "normalize-space", "string", "substring", "substring-before", "substring-after"],
  ...["normalize-unicode", "translate"],
]);

/** The nodes that must be there where the value of an expression is more than an empty string. */
export function sourceOf(expression: Expression, scope: AnalysisScope): NodePaths | undefined {
  const value = nodeValueOf(expression, scope);
  if (value !== undefined) return value.nodes;
  if (expression.kind !== "functionCall" || !KEEPS_EMPTY.has(scope.standardFunction(expression) ?? ""))
    return undefined;
  const [argument] = expression.arguments;
  return argument === undefined ? undefined : sourceOf(argument, scope);
}

/** `starts-with`, `ends-with` and `contains` with a string that is not empty. */
export function textTestTruth(
  name: "starts-with" | "ends-with" | "contains",
  { arguments: args }: FunctionCall,
  scope: AnalysisScope,
): Formula {
  const [text, part] = args;
  if (text === undefined || part === undefined || args.length > 2) return opaque(`${name}() with a collation`);
  const constant = constantOf(part, scope);
  if (constant?.as !== "string" || constant.literal.value === "") return opaque(`${name}() of a computed string`);
  const value = nodeValueOf(text, scope);
  if (value?.as === "untyped" || value?.as === "string") {
    const kind = ({ "starts-with": "prefix", "ends-with": "suffix", contains: "contains" } as const)[name];
    return someNode(value.nodes, { kind, literal: constant.literal, isSingle: true });
  }
  const source = sourceOf(text, scope);
  return and(opaque(`${name}() of a computed string`), ...(source === undefined ? [] : [someNode(source, EXISTS)]));
}
