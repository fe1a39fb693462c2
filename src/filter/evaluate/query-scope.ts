import { XMLNS_NAMESPACE, internName, type ExpandedName } from "../../xml/index.ts";
import type { Expression, QNameSyntax, QueryLanguage, SequenceTypeSyntax } from "../syntax/ast.ts";
import type { FunctionDefinition } from "../functions/function-definition.ts";
import { QueryError } from "../values/query-error.ts";
import type { SequenceType } from "../values/sequence-type.ts";
import type { Compiled } from "./compiled.ts";
import { compileExpression } from "./compile-expression.ts";
import { resolveSequenceType } from "./resolve-type.ts";
import type { Scope } from "./scope.ts";
import type { StaticContext, VariableBinding } from "./static-context.ts";

/** The local variables of one function's body, or of the query's: how many slots an activation needs. */
export interface Frame {
  size: number;
}

/** A scope over what the prolog made, with the namespaces and variables that were added on the way in. */
export class QueryScope implements Scope {
  readonly #module: StaticContext;
  readonly #frame: Frame;
  readonly #variables: ReadonlyMap<string, VariableBinding>;
  readonly #namespaces: ReadonlyMap<string, string>;

  constructor(
    module: StaticContext,
    frame: Frame,
    variables: ReadonlyMap<string, VariableBinding> = new Map(),
    namespaces: ReadonlyMap<string, string> = new Map(),
  ) {
    this.#module = module;
    this.#frame = frame;
    this.#variables = variables;
    this.#namespaces = namespaces;
  }

  get query(): string {
    return this.#module.query;
  }

  get language(): QueryLanguage {
    return this.#module.language;
  }

  get defaultElementNamespace(): string {
    return this.#namespaces.get("") ?? this.#module.defaultElementNamespace;
  }

  get defaultFunctionNamespace(): string {
    return this.#module.defaultFunctionNamespace;
  }

  get baseUri(): string | undefined {
    return this.#module.baseUri;
  }

  get preservesBoundarySpace(): boolean {
    return this.#module.preservesBoundarySpace;
  }

  get preservesNamespaces(): boolean {
    return this.#module.preservesNamespaces;
  }

  get inheritsNamespaces(): boolean {
    return this.#module.inheritsNamespaces;
  }

  get emptyIsGreatest(): boolean {
    return this.#module.emptyIsGreatest;
  }

  get decimalFormats(): StaticContext["decimalFormats"] {
    return this.#module.decimalFormats;
  }

  get observe(): StaticContext["observe"] {
    return this.#module.observe;
  }

  get nextSlot(): number {
    return this.#frame.size;
  }

  get namespaces(): ReadonlyMap<string, string> {
    return this.#namespaces;
  }

  namespaceOf(prefix: string): string | undefined {
    // An empty namespace takes the prefix away.
    return this.#namespaces.has(prefix) ? this.#namespaces.get(prefix) || undefined : this.#module.namespaceOf(prefix);
  }

  variable(name: ExpandedName): VariableBinding | undefined {
    return this.#variables.get(String(name)) ?? this.#module.variable(name);
  }

  function(name: ExpandedName, arity: number, at: number): FunctionDefinition {
    return this.#module.function(name, arity, at);
  }

  compile(expression: Expression): Compiled {
    const compiled = compileExpression(expression, this);
    return this.observe?.(expression, compiled) ?? compiled;
  }

  resolve(name: QNameSyntax, unprefixed: "element" | "function" | "none"): ExpandedName {
    if (name.uri === XMLNS_NAMESPACE) throw new QueryError("XQST0070", `no name is in ${name.uri}`, name.at);
    if (name.uri !== undefined) return internName(name.uri, name.localName);
    if (name.prefix !== "") {
      const namespace = this.namespaceOf(name.prefix);
      if (namespace !== undefined) return internName(namespace, name.localName);
      const hint =
        this.language === "xquery"
          ? `begin the query with: declare namespace ${name.prefix} = "…";`
          : "XPath cannot declare one; write Q{namespace}name, or use XQuery";
      throw new QueryError("XPST0081", `the prefix "${name.prefix}" is not declared; ${hint}`, name.at);
    }
    switch (unprefixed) {
      case "element":
        return internName(this.defaultElementNamespace, name.localName);
      case "function":
        return internName(this.defaultFunctionNamespace, name.localName);
      case "none":
        return internName("", name.localName);
    }
  }

  sequenceType(syntax: SequenceTypeSyntax | undefined): SequenceType {
    return resolveSequenceType(syntax, this);
  }

  bind(name: ExpandedName, type: SequenceType): { readonly slot: number; readonly scope: Scope } {
    const slot = this.#frame.size++;
    const variables = new Map(this.#variables).set(String(name), { kind: "local", slot, type });
    return { slot, scope: new QueryScope(this.#module, this.#frame, variables, this.#namespaces) };
  }

  declare(namespaces: ReadonlyMap<string, string>): Scope {
    const all = new Map([...this.#namespaces, ...namespaces]);
    return new QueryScope(this.#module, this.#frame, this.#variables, all);
  }
}
