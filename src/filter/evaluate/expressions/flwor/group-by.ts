import type { FlworClause } from "../../../syntax/ast.ts";
import { atomizeOptional } from "../../../values/atomize.ts";
import { assertCollation } from "../../../values/collation.ts";
import { groupingKey } from "../../../values/map-key.ts";
import type { AtomicValue, Item, Sequence } from "../../../values/item.ts";
import { assertMatches } from "../../../values/match-type.ts";
import { QueryError } from "../../../values/query-error.ts";
import type { SequenceType } from "../../../values/sequence-type.ts";
import type { Compiled } from "../../compiled.ts";
import type { Context } from "../../environment.ts";
import type { Scope } from "../../scope.ts";
import type { CompiledClause } from "./clause.ts";

interface GroupKey {
  /** Where the key is afterwards. */
  readonly slot: number;
  readonly value: Compiled | undefined;
  readonly type: SequenceType | undefined;
  readonly name: string;
}

interface Group {
  readonly keys: readonly (AtomicValue | undefined)[];
  /** The variables that are not keys, over all tuples of the group. */
  readonly slots: Sequence[];
}

/**
 * `group by …` (XQuery 3.1, section 3.12.7). Groups come in the order of their first tuples.
 *
 * @param firstSlot the first slot of this FLWOR expression: variables before it are not grouped
 */
export function compileGroupBy(
  syntax: Extract<FlworClause, { readonly kind: "groupBy" }>,
  scope: Scope,
  firstSlot: number,
): CompiledClause {
  let inner = scope;
  const keys: GroupKey[] = [];
  for (const { variable, type, value, collation } of syntax.keys) {
    if (collation !== undefined) assertCollation(collation, "XQST0076", syntax.at);
    const name = inner.resolve(variable, "none");
    const declared = type === undefined ? undefined : inner.sequenceType(type);
    const compiled = value === undefined ? undefined : inner.compile(value);
    if (compiled === undefined) {
      const binding = inner.variable(name);
      if (binding?.kind !== "local") {
        throw new QueryError(
          "XQST0094",
          `group by needs a variable of this expression; $${name.localName} is none`,
          variable.at,
        );
      }
      keys.push({ slot: binding.slot, value: undefined, type: declared, name: `$${name.localName}` });
      continue;
    }
    const bound = inner.bind(name, declared ?? { item: { kind: "item" }, occurrence: "?" });
    keys.push({ slot: bound.slot, value: compiled, type: declared, name: `$${name.localName}` });
    inner = bound.scope;
  }
  const isKey = new Set(keys.map(({ slot }) => slot));
  return {
    scope: inner,
    clause: {
      parts: keys.flatMap(({ value }) => value ?? []),
      isSingle: false,
      run: (context, source, visit) => {
        const groups = new Map<string, Group>();
        source((tuple) => {
          const values = keys.map((key) => keyOf(key, tuple, syntax.at));
          addToGroup(groups, values, tuple, (slot) => slot < firstSlot || isKey.has(slot));
          return true;
        });
        for (const { keys: values, slots } of groups.values()) {
          Object.assign(context.slots, slots);
          for (const [index, { slot }] of keys.entries()) {
            const value = values[index];
            context.slots[slot] = value === undefined ? [] : [value];
          }
          if (!visit(context)) return false;
        }
        return true;
      },
    },
  };
}

function keyOf({ slot, value, type, name }: GroupKey, tuple: Context, at: number): AtomicValue | undefined {
  const items = value === undefined ? (tuple.slots[slot] ?? []) : value.items(tuple);
  const key = atomizeOptional(items, `the key ${name} of group by`, at);
  if (type !== undefined) assertMatches(key === undefined ? [] : [key], type, name, at);
  tuple.slots[slot] = key === undefined ? [] : [key];
  return key;
}

function addToGroup(
  groups: Map<string, Group>,
  values: readonly (AtomicValue | undefined)[],
  tuple: Context,
  staysAsItIs: (slot: number) => boolean,
): void {
  const key = JSON.stringify(values.map((value) => (value === undefined ? null : groupingKey(value))));
  const group = groups.get(key);
  const { budget } = tuple.environment;
  budget.hold(tuple.slots.length);
  if (group === undefined) {
    groups.set(key, { keys: values, slots: [...tuple.slots] });
    return;
  }
  for (const [slot, items] of tuple.slots.entries()) {
    if (staysAsItIs(slot) || items === undefined || items.length === 0) continue;
    const joined: Item[] = [...(group.slots[slot] ?? []), ...items];
    budget.step(joined.length);
    group.slots[slot] = joined;
  }
}
