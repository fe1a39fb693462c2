import { deepEqual } from "../values/deep-equal.ts";
import { assertCollation } from "../values/collation.ts";
import { groupingKey, mapKey } from "../values/map-key.ts";
import { isNaNValue, sameValue } from "../values/compare-values.ts";
import { typeOf, type AtomicValue, type Sequence } from "../values/item.ts";
import { isNumeric, toNumber } from "../values/numeric.ts";
import { QueryError } from "../values/query-error.ts";
import type { Context } from "../evaluate/environment.ts";
import { Compiled, SINGLE, traitsOver, type Visitor } from "../evaluate/compiled.ts";
import { integerArgument, numberArgument, optionalValue, textArgument } from "./arguments.ts";
import { define } from "./define.ts";
import type { FunctionDefinition } from "./function-definition.ts";

/** `fn:head`: nothing behind the first item is evaluated. */
class Head extends Compiled {
  readonly #operand: Compiled;

  constructor(at: number, operand: Compiled) {
    super(at, traitsOver([operand], { ...SINGLE, items: operand.traits.items }));
    this.#operand = operand;
  }

  override each(context: Context, visit: Visitor): boolean {
    let goesOn = true;
    this.#operand.each(context, (item) => {
      goesOn = visit(item);
      return false;
    });
    return goesOn;
  }
}

function insertBefore([target, position, inserts]: readonly Sequence[], context: Context): Sequence {
  context.environment.budget.hold(target!.length + inserts!.length);
  const at = Number(integerArgument(position));
  const index = Math.min(Math.max(at - 1, 0), target!.length);
  return [...target!.slice(0, index), ...inserts!, ...target!.slice(index)];
}

function remove([target, position]: readonly Sequence[]): Sequence {
  const index = integerArgument(position) - 1n;
  return target!.filter((_, i) => BigInt(i) !== index);
}

/** Positions are rounded (Functions and Operators 3.1, section 14.1.9). */
function subsequence([source, start, length]: readonly Sequence[]): Sequence {
  const from = Math.floor(numberArgument(start) + 0.5);
  const to = length === undefined ? Infinity : from + Math.floor(numberArgument(length) + 0.5);
  if (Number.isNaN(from) || Number.isNaN(to)) return [];
  const first = Math.max(from, 1);
  return source!.slice(Math.min(first - 1, source!.length), Math.max(Math.min(to - 1, source!.length), 0));
}

function distinctValues([values, collation]: readonly Sequence[], { environment }: Context): Sequence {
  if (collation !== undefined) assertCollation(textArgument(collation), "FOCH0002");
  const distinct: AtomicValue[] = [];
  const twins = new Map<string, AtomicValue[]>();
  const keys = new Set<string>();
  for (const item of values!) {
    const value = item as AtomicValue;
    environment.budget.step();
    const key = mapKey(value);
    if (keys.has(key)) continue;
    // Numbers that are the same after promotion may have different keys: 0.1 as decimal and as double.
    const mayHaveTwin = key.startsWith("n") || key.includes("local") || key.includes("zoned");
    if (mayHaveTwin) {
      const nearKey = isNumeric(typeOf(value)) ? `n${Math.fround(toNumber(value))}` : groupingKey(value);
      const near = twins.get(nearKey) ?? [];
      environment.budget.step(near.length);
      if (near.some((other) => sameValue(other, value))) continue;
      near.push(value);
      twins.set(nearKey, near);
    }
    keys.add(key);
    environment.budget.hold(1);
    distinct.push(value);
  }
  return distinct;
}

function indexOf([values, search, collation]: readonly Sequence[], { environment }: Context): Sequence {
  if (collation !== undefined) assertCollation(textArgument(collation), "FOCH0002");
  const wanted = optionalValue(search)!;
  environment.budget.step(values!.length);
  return values!.flatMap((item, i) => {
    const value = item as AtomicValue;
    return !isNaNValue(value) && sameValue(value, wanted) ? [BigInt(i + 1)] : [];
  });
}

/** `fn:zero-or-one` and its like: what the name promises, or an error. */
function cardinality(name: string, result: string, code: string, fits: (count: number) => boolean): FunctionDefinition {
  return define(`fn:${name}($arg as item()*) as ${result}`, ([items]) => {
    if (fits(items!.length)) return items!;
    throw new QueryError(code, `${name}() has ${items!.length} items`);
  });
}

/** Functions and Operators 3.1, sections 14.1 to 14.3. */
export const SEQUENCE_FUNCTIONS: readonly FunctionDefinition[] = [
  define("fn:head($arg as item()*) as item()?", ([items]) => items!.slice(0, 1), {
    compile: ([operand], at) => new Head(at, operand!),
  }),
  define("fn:tail($arg as item()*) as item()*", ([items]) => items!.slice(1)),
  define("fn:insert-before($target as item()*, $position as xs:integer, $inserts as item()*) as item()*", insertBefore),
  define("fn:remove($target as item()*, $position as xs:integer) as item()*", remove),
  define("fn:reverse($arg as item()*) as item()*", ([items]) => items!.toReversed()),
  define("fn:subsequence($source as item()*, $start as xs:double) as item()*", subsequence),
  define("fn:subsequence($source as item()*, $start as xs:double, $length as xs:double) as item()*", subsequence),
  define("fn:unordered($source as item()*) as item()*", ([items]) => items!),
  define("fn:distinct-values($arg as xs:anyAtomicType*) as xs:anyAtomicType*", distinctValues),
  define("fn:distinct-values($arg as xs:anyAtomicType*, $collation as xs:string) as xs:anyAtomicType*", distinctValues),
  define("fn:index-of($seq as xs:anyAtomicType*, $search as xs:anyAtomicType) as xs:integer*", indexOf),
  define(
    "fn:index-of($seq as xs:anyAtomicType*, $search as xs:anyAtomicType, $collation as xs:string) as xs:integer*",
    indexOf,
  ),
  define("fn:deep-equal($a as item()*, $b as item()*) as xs:boolean", ([a, b], { environment }) => [
    deepEqual(a!, b!, environment.budget),
  ]),
  define(
    "fn:deep-equal($a as item()*, $b as item()*, $collation as xs:string) as xs:boolean",
    ([a, b, collation], { environment }) => {
      assertCollation(textArgument(collation), "FOCH0002");
      return [deepEqual(a!, b!, environment.budget)];
    },
  ),
  cardinality("zero-or-one", "item()?", "FORG0003", (count) => count <= 1),
  cardinality("one-or-more", "item()+", "FORG0004", (count) => count >= 1),
  cardinality("exactly-one", "item()", "FORG0005", (count) => count === 1),
];
