import type { ExpandedName } from "../../xml/index.ts";
import type { FunctionDefinition } from "../functions/function-definition.ts";
import type { SequenceType } from "../values/sequence-type.ts";
import type { Expression, QueryLanguage } from "../syntax/ast.ts";
import type { Compiled } from "./compiled.ts";

/** What is known while a query is compiled (XQuery 3.1, section 2.1.1). */
export interface StaticContext {
  /** With normalised line ends. */
  readonly query: string;
  readonly language: QueryLanguage;
  /** Namespace of a prefix; undefined when it is not declared. Direct constructors open inner scopes. */
  namespaceOf(prefix: string): string | undefined;
  readonly defaultElementNamespace: string;
  readonly defaultFunctionNamespace: string;
  readonly baseUri: string | undefined;
  readonly preservesBoundarySpace: boolean;
  readonly preservesNamespaces: boolean;
  readonly inheritsNamespaces: boolean;
  readonly emptyIsGreatest: boolean;
  /** Formats of `fn:format-number` by Clark name; the default one by the empty string. */
  readonly decimalFormats: ReadonlyMap<string, Readonly<Record<string, string>>>;
  /** Puts something around what an expression was compiled to, or gives it back as it is. */
  readonly observe: Observe | undefined;
  variable(name: ExpandedName): VariableBinding | undefined;
  /**
   * A declared or built-in function.
   *
   * @throws QueryError XPST0017, UnsupportedError for standard functions that a filter does not have
   */
  function(name: ExpandedName, arity: number, at: number): FunctionDefinition;
}

/** Looks at each expression and what it was compiled to; what it returns takes part in the evaluation instead. */
export type Observe = (expression: Expression, compiled: Compiled) => Compiled;

export type VariableBinding =
  | { readonly kind: "local"; readonly slot: number; readonly type: SequenceType }
  | GlobalBinding
  | {
      readonly kind: "external";
      readonly name: ExpandedName;
      readonly type: SequenceType;
      /** What it is where no value is given; undefined: it must be given. */
      readonly otherwise: GlobalBinding | "empty" | undefined;
    };

/** A variable of the prolog with a value. */
export interface GlobalBinding {
  readonly kind: "global";
  /** Place in {@link Environment.globals}. */
  readonly number: number;
  /** The value and its local variables; there once all declarations are compiled. */
  readonly target: { readonly value: Compiled | undefined; readonly slots: number };
  readonly type: SequenceType;
}
