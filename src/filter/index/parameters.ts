import { NAME_FUNCTIONS } from "./name-predicate.ts";
import type { Expression, LiteralSyntax, QuerySyntax } from "../syntax/ast.ts";

/**
 * The literals whose value decides nothing when a query is compiled, so that queries that differ in them only can share what was compiled:
 * operands of comparisons, parts that texts are searched for, dates and times as they are written.
 */
export function parametersOf(syntax: QuerySyntax): ReadonlySet<LiteralSyntax> {
  const found = new Set<LiteralSyntax>();
  visit(syntax.body, found);
  return found;
}

const COMPARISONS: ReadonlySet<string> = new Set(["=", "!=", "<", "<=", ">", ">=", "eq", "ne", "lt", "le", "gt", "ge"]);
const TEXT_TESTS: ReadonlySet<string> = new Set(["contains", "starts-with", "ends-with"]);
const INSTANTS: ReadonlySet<string> = new Set(["dateTime", "date", "time"]);

function visit(node: unknown, found: Set<LiteralSyntax>): void {
  if (Array.isArray(node)) {
    for (const item of node) visit(item, found);
    return;
  }
  if (typeof node !== "object" || node === null) return;
  if ("kind" in node) look(node as Expression, found);
  for (const value of Object.values(node)) visit(value, found);
}

function look(expression: Expression, found: Set<LiteralSyntax>): void {
  if (expression.kind === "binary" && COMPARISONS.has(expression.operator)) {
    const { left, right } = expression;
    if (isStructural(left) || isStructural(right)) return;
    for (const side of [left, right]) addLiterals(side, found);
  } else if (expression.kind === "functionCall") {
    const { prefix, localName } = expression.name;
    const [first, second] = expression.arguments;
    if (TEXT_TESTS.has(localName) && (prefix === "" || prefix === "fn") && second !== undefined) {
      addLiterals(second, found);
    } else if (INSTANTS.has(localName) && prefix === "xs" && first?.kind === "literal" && first.type === "string") {
      found.add(first);
    }
  }
}

/** What a count or a name is compared with decides what is looked for: whether there must be a node, and of which name. */
function isStructural(expression: Expression): boolean {
  if (expression.kind !== "functionCall") return false;
  const { localName } = expression.name;
  return localName === "count" || NAME_FUNCTIONS.has(localName);
}

function addLiterals(expression: Expression, found: Set<LiteralSyntax>): void {
  if (expression.kind === "literal") {
    if (expression.type !== "string" || expression.value !== "") found.add(expression);
  } else if (expression.kind === "unary") addLiterals(expression.operand, found);
  else if (expression.kind === "sequence") for (const item of expression.items) addLiterals(item, found);
}

/** The same query with variables for the literals: `$0`, `$1` and so on, names that no query can write. */
export function withVariables(syntax: QuerySyntax, parameters: readonly LiteralSyntax[]): QuerySyntax {
  const numbers = new Map<unknown, number>(parameters.map((literal, number) => [literal, number]));
  const copy = (node: unknown): unknown => {
    if (Array.isArray(node)) return node.map(copy);
    if (typeof node !== "object" || node === null) return node;
    const number = numbers.get(node);
    if (number !== undefined) {
      const { at } = node as LiteralSyntax;
      return { at, kind: "variable", name: { at, prefix: "", localName: String(number) } } satisfies Expression;
    }
    return Object.fromEntries(Object.entries(node).map(([key, value]) => [key, copy(value)]));
  };
  return { ...syntax, body: copy(syntax.body) as Expression };
}

/** Whether a variable stands for a literal. */
export function isParameterName(name: { readonly namespace: string; readonly localName: string }): boolean {
  return name.namespace === "" && /^[0-9]+$/.test(name.localName);
}
