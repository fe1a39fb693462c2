import type { FlworClause } from "../../../syntax/ast.ts";
import { EMPTY, type Sequence } from "../../../values/item.ts";
import { assertMatches } from "../../../values/match-type.ts";
import { QueryError } from "../../../values/query-error.ts";
import type { ItemType, SequenceType } from "../../../values/sequence-type.ts";
import { INTEGER } from "../../../values/atomic-type.ts";
import type { Scope } from "../../scope.ts";
import { bindVariable } from "../binding.ts";
import type { CompiledClause } from "./clause.ts";

type ClauseSyntax<Kind extends FlworClause["kind"]> = Extract<FlworClause, { readonly kind: Kind }>;

const ONE_ITEM: SequenceType = { item: { kind: "item" }, occurrence: "" };
const POSITION: SequenceType = { item: { kind: "atomic", type: INTEGER } satisfies ItemType, occurrence: "" };

/** `for $x at $i in …` (XQuery 3.1, section 3.12.2). */
export function compileFor(syntax: ClauseSyntax<"for">, scope: Scope): CompiledClause {
  const sequence = scope.compile(syntax.in);
  const declared = syntax.type === undefined ? undefined : scope.sequenceType(syntax.type);
  const usual: SequenceType = syntax.allowingEmpty ? { ...ONE_ITEM, occurrence: "?" } : ONE_ITEM;
  const bound = scope.bind(scope.resolve(syntax.variable, "none"), declared ?? usual);
  if (
    syntax.position !== undefined &&
    scope.resolve(syntax.position, "none") === scope.resolve(syntax.variable, "none")
  ) {
    throw new QueryError("XQST0089", `the variable $${syntax.variable.localName} is its own position`, syntax.at);
  }
  const place = bindVariable(bound.scope, syntax.position, POSITION);
  const name = `$${syntax.variable.localName}`;
  return {
    scope: place.scope,
    clause: {
      parts: [sequence],
      isSingle: false,
      run: (_context, source, visit) =>
        source((tuple) => {
          const { slots, environment } = tuple;
          let position = 0;
          const take = (items: Sequence): boolean => {
            environment.budget.step();
            if (declared !== undefined) assertMatches(items, declared, name, syntax.at);
            slots[bound.slot] = items;
            if (place.slot !== undefined) slots[place.slot] = [BigInt(position)];
            return visit(tuple);
          };
          const goesOn = sequence.each(tuple, (item) => {
            position++;
            return take([item]);
          });
          return goesOn && (position > 0 || !syntax.allowingEmpty || take(EMPTY));
        }),
    },
  };
}

/** `let $x := …` (section 3.12.3). */
export function compileLet(syntax: ClauseSyntax<"let">, scope: Scope): CompiledClause {
  const value = scope.compile(syntax.value);
  const declared = syntax.type === undefined ? undefined : scope.sequenceType(syntax.type);
  const { max } = value.traits;
  const usual: SequenceType = { item: { kind: "item" }, occurrence: max <= 1 ? "?" : "*" };
  const bound = scope.bind(scope.resolve(syntax.variable, "none"), declared ?? usual);
  const name = `$${syntax.variable.localName}`;
  return {
    scope: bound.scope,
    clause: {
      parts: [value],
      isSingle: true,
      run: (_context, source, visit) =>
        source((tuple) => {
          const items = value.items(tuple);
          if (declared !== undefined) assertMatches(items, declared, name, syntax.at);
          tuple.slots[bound.slot] = items;
          return visit(tuple);
        }),
    },
  };
}

/** `where …` (section 3.12.5). */
export function compileWhere(syntax: ClauseSyntax<"where">, scope: Scope): CompiledClause {
  const condition = scope.compile(syntax.condition);
  return {
    scope,
    clause: {
      parts: [condition],
      isSingle: false,
      run: (_context, source, visit) => source((tuple) => !condition.test(tuple) || visit(tuple)),
    },
  };
}

/** `count $n` (section 3.12.6). */
export function compileCount(syntax: ClauseSyntax<"count">, scope: Scope): CompiledClause {
  const bound = scope.bind(scope.resolve(syntax.variable, "none"), POSITION);
  return {
    scope: bound.scope,
    clause: {
      parts: [],
      isSingle: true,
      run: (_context, source, visit) => {
        let count = 0n;
        return source((tuple) => {
          tuple.slots[bound.slot] = [++count];
          return visit(tuple);
        });
      },
    },
  };
}
