import type { Compiled } from "../../compiled.ts";
import type { Context } from "../../environment.ts";
import type { Scope } from "../../scope.ts";

/**
 * Takes a tuple: the variables are in the slots of the context. False ends the evaluation.
 */
export type TupleVisitor = (tuple: Context) => boolean;

/** A clause of a FLWOR expression: takes all tuples of the clause before it and gives tuples to the next one. */
export interface Clause {
  /** The expressions in it. */
  readonly parts: readonly Compiled[];
  /** Whether every tuple gives exactly one tuple. */
  readonly isSingle: boolean;
  /**
   * Sends the tuples that `source` gives through the clause.
   *
   * @returns false when the visitor ended it
   */
  run(context: Context, source: (take: TupleVisitor) => boolean, visit: TupleVisitor): boolean;
}

/** A clause, and the scope behind it with the variables that it binds. */
export interface CompiledClause {
  readonly clause: Clause;
  readonly scope: Scope;
}
