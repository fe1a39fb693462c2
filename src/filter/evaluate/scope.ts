import type { Expression, SequenceTypeSyntax, QNameSyntax } from "../syntax/ast.ts";
import type { ExpandedName } from "../../xml/index.ts";
import type { SequenceType } from "../values/sequence-type.ts";
import type { Compiled } from "./compiled.ts";
import type { StaticContext } from "./static-context.ts";

/**
 * The static context at one place of a query, with what compiling there needs. Scopes are never changed: what binds a variable or
 * declares a namespace makes an inner scope.
 */
export interface Scope extends StaticContext {
  /** Compiles an expression in this scope. */
  compile(expression: Expression): Compiled;
  /**
   * Resolves a name as written.
   *
   * @param unprefixed what a name without prefix means: the default element namespace, the default function namespace, or none
   * @throws QueryError XPST0081 for a prefix that is not declared
   */
  resolve(name: QNameSyntax, unprefixed: "element" | "function" | "none"): ExpandedName;
  /** Resolves a sequence type; without one, `item()*`. @throws QueryError XPST0051, XPST0081 */
  sequenceType(syntax: SequenceTypeSyntax | undefined): SequenceType;
  /** Namespaces that direct constructors around this place declare, by prefix. */
  readonly namespaces: ReadonlyMap<string, string>;
  /** The slot that the next variable gets. */
  readonly nextSlot: number;
  /** An inner scope with one more local variable, in a slot of its own. */
  bind(name: ExpandedName, type: SequenceType): { readonly slot: number; readonly scope: Scope };
  /** An inner scope with more namespaces; the empty prefix is the default element namespace. */
  declare(namespaces: ReadonlyMap<string, string>): Scope;
}
