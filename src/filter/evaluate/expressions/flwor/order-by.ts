import type { FlworClause } from "../../../syntax/ast.ts";
import { atomizeOptional } from "../../../values/atomize.ts";
import { orderValues, sortValue } from "../../../values/compare-values.ts";
import type { AtomicValue, Sequence } from "../../../values/item.ts";
import { assertCollation } from "../../../values/collation.ts";
import type { Compiled } from "../../compiled.ts";
import { locate } from "../../located.ts";
import type { Scope } from "../../scope.ts";
import type { CompiledClause } from "./clause.ts";

interface OrderKey {
  readonly value: Compiled;
  readonly isDescending: boolean;
  readonly emptyIsGreatest: boolean;
}

interface Tuple {
  readonly slots: readonly Sequence[];
  readonly keys: readonly (AtomicValue | undefined)[];
}

/** `order by …` (XQuery 3.1, section 3.12.8); always stable. */
export function compileOrderBy(
  syntax: Extract<FlworClause, { readonly kind: "orderBy" }>,
  scope: Scope,
): CompiledClause {
  const keys = syntax.keys.map(({ value, isDescending, empty, collation }): OrderKey => {
    if (collation !== undefined) assertCollation(collation, "XQST0076", syntax.at);
    const emptyIsGreatest = empty === undefined ? scope.emptyIsGreatest : empty === "greatest";
    return { value: scope.compile(value), isDescending, emptyIsGreatest };
  });
  return {
    scope,
    clause: {
      parts: keys.map(({ value }) => value),
      isSingle: true,
      run: (context, source, visit) => {
        const { budget } = context.environment;
        const tuples: Tuple[] = [];
        source((tuple) => {
          budget.hold(tuple.slots.length + keys.length);
          tuples.push({ slots: [...tuple.slots], keys: keys.map((key) => sortKey(key, tuple)) });
          return true;
        });
        budget.step(tuples.length * Math.ceil(Math.log2(tuples.length + 1)));
        try {
          tuples.sort((a, b) => compareTuples(a, b, keys));
        } catch (error) {
          throw locate(error, syntax.at);
        }
        for (const { slots } of tuples) {
          Object.assign(context.slots, slots);
          if (!visit(context)) return false;
        }
        return true;
      },
    },
  };
}

function sortKey({ value }: OrderKey, tuple: Parameters<Compiled["items"]>[0]): AtomicValue | undefined {
  const key = atomizeOptional(value.items(tuple), "a key of order by", value.at);
  return key === undefined ? undefined : sortValue(key);
}

function compareTuples(a: Tuple, b: Tuple, keys: readonly OrderKey[]): number {
  for (const [index, key] of keys.entries()) {
    const order = orderValues(a.keys[index], b.keys[index], key.emptyIsGreatest);
    if (order !== 0) return key.isDescending ? -order : order;
  }
  return 0;
}
