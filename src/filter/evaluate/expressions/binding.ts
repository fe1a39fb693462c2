import type { QNameSyntax } from "../../syntax/ast.ts";
import { ANYTHING, type SequenceType } from "../../values/sequence-type.ts";
import type { Scope } from "../scope.ts";

/** A variable that may be left out: the scope in which it is there, and its slot. */
export interface Binding {
  readonly slot: number | undefined;
  readonly scope: Scope;
}

/** Makes the scope with the variable; the scope itself where there is none. */
export function bindVariable(scope: Scope, variable: QNameSyntax | undefined, type: SequenceType | undefined): Binding {
  if (variable === undefined) return { slot: undefined, scope };
  return scope.bind(scope.resolve(variable, "none"), type ?? ANYTHING);
}
