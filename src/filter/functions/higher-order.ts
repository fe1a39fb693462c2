import type { Context } from "../evaluate/environment.ts";
import { convert } from "../values/convert.ts";
import type { ArrayItem } from "../values/array-item.ts";
import { atomizeAll } from "../values/atomize.ts";
import { assertCollation } from "../values/collation.ts";
import { orderValues, sortValue } from "../values/compare-values.ts";
import type { FunctionItem } from "../values/function-item.ts";
import type { AtomicValue, Item, Sequence } from "../values/item.ts";
import { QNameValue } from "../values/qname-value.ts";
import { QueryError } from "../values/query-error.ts";
import { optionalText } from "./arguments.ts";
import { define } from "./define.ts";
import type { FunctionDefinition } from "./function-definition.ts";

/** Calls a function that is an argument, and charges the call. */
export function callFunction(callee: Item, args: readonly Sequence[], { environment }: Context): Sequence {
  const { budget } = environment;
  const item = callee as FunctionItem;
  const converted = args.map((items, i) =>
    convert(items, item.parameters[i]!, () => `argument ${i + 1} of the function`, 0),
  );
  budget.step();
  budget.enter();
  try {
    return item.call(converted, environment);
  } finally {
    budget.leave();
  }
}

/** Appends, and charges what is kept. */
export function append(all: Item[], items: Sequence, { environment }: Context): void {
  environment.budget.hold(items.length);
  for (const item of items) all.push(item);
}

function forEach([items, action]: readonly Sequence[], context: Context): Sequence {
  const result: Item[] = [];
  for (const item of items!) append(result, callFunction(action![0]!, [[item]], context), context);
  return result;
}

function filter([items, predicate]: readonly Sequence[], context: Context): Sequence {
  return items!.filter((item) => {
    const [answer, ...more] = callFunction(predicate![0]!, [[item]], context);
    if (typeof answer === "boolean" && more.length === 0) return answer;
    throw new QueryError("XPTY0004", "the function of filter() gives something else than one xs:boolean");
  });
}

function forEachPair([a, b, action]: readonly Sequence[], context: Context): Sequence {
  const result: Item[] = [];
  for (let i = 0; i < Math.min(a!.length, b!.length); i++) {
    append(result, callFunction(action![0]!, [[a![i]!], [b![i]!]], context), context);
  }
  return result;
}

function foldLeft([items, zero, action]: readonly Sequence[], context: Context): Sequence {
  return items!.reduce<Sequence>((result, item) => callFunction(action![0]!, [result, [item]], context), zero!);
}

function foldRight([items, zero, action]: readonly Sequence[], context: Context): Sequence {
  return items!.reduceRight<Sequence>((result, item) => callFunction(action![0]!, [[item], result], context), zero!);
}

/** Keys are compared one after the other; a shorter key comes first (Functions and Operators 3.1, section 16.2.6). */
export function compareKeys(a: readonly AtomicValue[], b: readonly AtomicValue[]): number {
  for (let i = 0; i < Math.min(a.length, b.length); i++) {
    const order = orderValues(a[i], b[i], false);
    if (order !== 0) return order;
  }
  return a.length - b.length;
}

/** The key of a sequence or item for sorting. */
export function sortKey(items: Sequence, key: Sequence | undefined, context: Context): readonly AtomicValue[] {
  const values = key === undefined ? items : callFunction(key[0]!, [items], context);
  return atomizeAll(values).map(sortValue);
}

function sort([items, collation, key]: readonly Sequence[], context: Context): Sequence {
  const uri = optionalText(collation);
  if (uri !== undefined) assertCollation(uri, "FOCH0002");
  const { budget } = context.environment;
  const keyed = items!.map((item) => ({ item, key: sortKey([item], key, context) }));
  budget.hold(keyed.length * 2);
  budget.step(keyed.length * Math.ceil(Math.log2(keyed.length + 1)));
  return keyed.sort((a, b) => compareKeys(a.key, b.key)).map(({ item }) => item);
}

function apply([callee, args]: readonly Sequence[], context: Context): Sequence {
  const item = callee![0] as FunctionItem;
  const { members } = args![0] as ArrayItem;
  if (members.length === item.arity) return callFunction(item, members, context);
  throw new QueryError("FOAP0001", `the function takes ${item.arity} arguments; the array has ${members.length}`);
}

function functionName([callee]: readonly Sequence[]): Sequence {
  const { name } = callee![0] as FunctionItem;
  return name === undefined ? [] : [new QNameValue(prefixFor(name.namespace), name)];
}

function prefixFor(namespace: string): string {
  return namespace.endsWith("/xpath-functions") ? "fn" : "";
}

/** Functions and Operators 3.1, section 16. */
export const HIGHER_ORDER_FUNCTIONS: readonly FunctionDefinition[] = [
  define("fn:for-each($seq as item()*, $action as function(item()) as item()*) as item()*", forEach),
  define("fn:filter($seq as item()*, $f as function(item()) as xs:boolean) as item()*", filter),
  define(
    "fn:for-each-pair($seq1 as item()*, $seq2 as item()*, $action as function(item(), item()) as item()*) as item()*",
    forEachPair,
  ),
  define(
    "fn:fold-left($seq as item()*, $zero as item()*, $f as function(item()*, item()) as item()*) as item()*",
    foldLeft,
  ),
  define(
    "fn:fold-right($seq as item()*, $zero as item()*, $f as function(item(), item()*) as item()*) as item()*",
    foldRight,
  ),
  define("fn:sort($input as item()*) as item()*", sort),
  define("fn:sort($input as item()*, $collation as xs:string?) as item()*", sort),
  define(
    "fn:sort($input as item()*, $collation as xs:string?, $key as function(item()) as xs:anyAtomicType*) as item()*",
    sort,
  ),
  define("fn:apply($function as function(*), $array as array(*)) as item()*", apply),
  define("fn:function-name($func as function(*)) as xs:QName?", functionName),
  define("fn:function-arity($func as function(*)) as xs:integer", ([callee]) => [
    BigInt((callee![0] as FunctionItem).arity),
  ]),
];
