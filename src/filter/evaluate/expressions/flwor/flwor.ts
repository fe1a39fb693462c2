import type { FlworClause, FlworExpression } from "../../../syntax/ast.ts";
import { Compiled, traitsOver, type Visitor } from "../../compiled.ts";
import type { Context } from "../../environment.ts";
import type { Scope } from "../../scope.ts";
import type { Clause, CompiledClause, TupleVisitor } from "./clause.ts";
import { compileCount, compileFor, compileLet, compileWhere } from "./simple-clauses.ts";
import { compileGroupBy } from "./group-by.ts";
import { compileOrderBy } from "./order-by.ts";
import { compileWindow } from "./window.ts";

/** A FLWOR expression (XQuery 3.1, section 3.12). Tuples are pushed through the clauses one by one. */
export function compileFlwor(syntax: FlworExpression, scope: Scope): Compiled {
  const firstSlot = scope.nextSlot;
  let inner = scope;
  const clauses: Clause[] = [];
  for (const clause of syntax.clauses) {
    const compiled = compileClause(clause, inner, firstSlot);
    clauses.push(compiled.clause);
    inner = compiled.scope;
  }
  return new Flwor(syntax.at, clauses, inner.compile(syntax.return));
}

function compileClause(clause: FlworClause, scope: Scope, firstSlot: number): CompiledClause {
  switch (clause.kind) {
    case "for":
      return compileFor(clause, scope);
    case "let":
      return compileLet(clause, scope);
    case "where":
      return compileWhere(clause, scope);
    case "count":
      return compileCount(clause, scope);
    case "orderBy":
      return compileOrderBy(clause, scope);
    case "groupBy":
      return compileGroupBy(clause, scope, firstSlot);
    case "window":
      return compileWindow(clause, scope);
  }
}

class Flwor extends Compiled {
  readonly #clauses: readonly Clause[];
  readonly #return: Compiled;

  constructor(at: number, clauses: readonly Clause[], result: Compiled) {
    const parts = [...clauses.flatMap((clause) => clause.parts), result];
    const isSingle = clauses.every((clause) => clause.isSingle);
    const { items, max, isOrdered, areDisjoint } = result.traits;
    super(at, traitsOver(parts, isSingle ? { items, max, isOrdered, areDisjoint } : { items }));
    this.#clauses = clauses;
    this.#return = result;
  }

  override each(context: Context, visit: Visitor): boolean {
    return this.#run(context, (tuple) => this.#return.each(tuple, visit));
  }

  override test(context: Context): boolean {
    // Without `for` there is one tuple, and its value is that of the whole.
    if (!this.#clauses.every((clause) => clause.isSingle)) return super.test(context);
    let answer = false;
    this.#run(context, (tuple) => {
      answer = this.#return.test(tuple);
      return true;
    });
    return answer;
  }

  #run(context: Context, last: TupleVisitor): boolean {
    const tuples = this.#clauses.reduce<(take: TupleVisitor) => boolean>(
      (source, clause) => (take) => clause.run(context, source, take),
      (take) => take(context),
    );
    return tuples(last);
  }
}
