import type { Expression, PrologSyntax, QNameSyntax } from "../syntax/ast.ts";
import { FN_NAMESPACE } from "../values/namespaces.ts";
import type { Formula } from "./formula.ts";
import { nodePathsOf, pathAt, type NodePaths } from "./node-paths.ts";
import { QueryNames } from "./query-names.ts";
import { opaque } from "./formula.ts";
import { truthOf } from "./truth.ts";

/** What is known of a variable. Without such a value nothing is known. */
export type KnownValue =
  | { readonly kind: "nodes"; readonly paths: NodePaths }
  /** What the variable was bound to, to be looked at where it is used. */
  | { readonly kind: "deferred"; readonly expression: Expression; readonly scope: AnalysisScope };

/** Expressions that the analysis of one filter looks at, at most: variables that use variables could make it endless. */
const MAX_EXPRESSIONS = 4000;

/** Where in a filter the analysis is: the focus and the variables as far as they are known. Scopes are never changed. */
export class AnalysisScope {
  readonly names: QueryNames;
  /** The context nodes; undefined where they are not nodes of the document, or not known. */
  readonly focus: NodePaths | undefined;
  readonly #variables: ReadonlyMap<string, KnownValue>;
  readonly #fuel: { left: number };

  private constructor(
    names: QueryNames,
    focus: NodePaths | undefined,
    variables: ReadonlyMap<string, KnownValue>,
    fuel: { left: number },
  ) {
    this.names = names;
    this.focus = focus;
    this.#variables = variables;
    this.#fuel = fuel;
  }

  /** The scope of a query's body: the context item is the document. */
  static of(prolog: PrologSyntax, predeclared: ReadonlyMap<string, string>): AnalysisScope {
    const names = new QueryNames(prolog, predeclared);
    const outer = new AnalysisScope(names, [pathAt("document")], new Map(), { left: MAX_EXPRESSIONS });
    return prolog.declarations.reduce<AnalysisScope>((scope, declaration) => {
      if (declaration.kind !== "variable" || declaration.isExternal || declaration.value === undefined) return scope;
      // A variable of the prolog is evaluated when it is used; its type may make an error of it.
      if (declaration.type !== undefined) return scope;
      return scope.with(declaration.name, { kind: "deferred", expression: declaration.value, scope });
    }, outer);
  }

  withFocus(focus: NodePaths | undefined): AnalysisScope {
    return new AnalysisScope(this.names, focus, this.#variables, this.#fuel);
  }

  /** With one more variable; undefined for one of which nothing is known. */
  with(name: QNameSyntax, value: KnownValue | undefined): AnalysisScope {
    const variables = new Map(this.#variables);
    const key = this.#keyOf(name);
    if (value === undefined) variables.delete(key);
    else variables.set(key, value);
    return new AnalysisScope(this.names, this.focus, variables, this.#fuel);
  }

  valueOf(name: QNameSyntax): KnownValue | undefined {
    return this.#variables.get(this.#keyOf(name));
  }

  /** What must hold where the effective boolean value of the expression is true. */
  truth(expression: Expression): Formula {
    return --this.#fuel.left < 0 ? opaque("an expression that is too large") : truthOf(expression, this);
  }

  /** The nodes that the expression gives; undefined when they are not known. */
  nodes(expression: Expression): NodePaths | undefined {
    return --this.#fuel.left < 0 ? undefined : nodePathsOf(expression, this);
  }

  /** The local name of a function in the namespace of the standard functions. */
  standardFunction({ name }: Extract<Expression, { kind: "functionCall" }>): string | undefined {
    const resolved = this.names.resolve(name, "function");
    return resolved?.namespace === FN_NAMESPACE ? resolved.localName : undefined;
  }

  /** Whether the expression, as a predicate, is certain to be no position. */
  givesTruth(expression: Expression): boolean {
    switch (expression.kind) {
      case "logical":
      case "quantified":
      case "instanceOf":
      case "castableAs":
        return true;
      case "binary":
        return BOOLEAN_OPERATORS.has(expression.operator) || this.nodes(expression) !== undefined;
      case "functionCall":
        return BOOLEAN_FUNCTIONS.has(this.standardFunction(expression) ?? "");
      default:
        return this.nodes(expression) !== undefined;
    }
  }

  #keyOf(name: QNameSyntax): string {
    return String(this.names.resolve(name, "none") ?? `${name.prefix}:${name.localName}`);
  }
}

const BOOLEAN_OPERATORS: ReadonlySet<string> = new Set([
  ...["=", "!=", "<", "<=", ">", ">="],
  ...["eq", "ne", "lt", "le", "gt", "ge", "is", "<<", ">>"],
]);

const BOOLEAN_FUNCTIONS: ReadonlySet<string> = new Set([
  ...["true", "false", "not", "boolean", "exists", "empty"],
  ...["contains", "starts-with", "ends-with", "matches", "deep-equal"],
]);
