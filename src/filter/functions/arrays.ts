import type { Context } from "../evaluate/environment.ts";
import { ArrayItem } from "../values/array-item.ts";
import { assertCollation } from "../values/collation.ts";
import { atomizeAll } from "../values/atomize.ts";
import type { AtomicValue, Item, Sequence } from "../values/item.ts";
import { toInteger } from "../values/numeric.ts";
import { QueryError } from "../values/query-error.ts";
import { integerArgument, optionalText } from "./arguments.ts";
import { define } from "./define.ts";
import type { FunctionDefinition } from "./function-definition.ts";
import { callFunction, compareKeys, sortKey } from "./higher-order.ts";

function membersOf(argument: Sequence | undefined): readonly Sequence[] {
  return (argument![0] as ArrayItem).members;
}

function arrayOf(members: readonly Sequence[], { environment }: Context): Sequence {
  environment.budget.hold(1 + members.length);
  return [new ArrayItem(members)];
}

/** The index of a position from 1 to `last`. @throws QueryError FOAY0001 */
function indexOf(position: bigint, last: number): number {
  if (position >= 1n && position <= BigInt(last)) return Number(position) - 1;
  throw new QueryError("FOAY0001", `there is no position ${position}; expected 1 to ${last}`);
}

function subarray([array, start, length]: readonly Sequence[], context: Context): Sequence {
  const members = membersOf(array);
  const from = indexOf(integerArgument(start), members.length + 1);
  if (length === undefined) return arrayOf(members.slice(from), context);
  const count = integerArgument(length);
  if (count < 0n) throw new QueryError("FOAY0002", `the length is ${count}; expected 0 or more`);
  if (BigInt(from) + count > BigInt(members.length)) {
    throw new QueryError("FOAY0001", `the array has ${members.length} members; there are not ${count} from there on`);
  }
  return arrayOf(members.slice(from, from + Number(count)), context);
}

function remove([array, positions]: readonly Sequence[], context: Context): Sequence {
  const members = membersOf(array);
  const indices = new Set(positions!.map((position) => indexOf(toInteger(position as AtomicValue)!, members.length)));
  return arrayOf(
    members.filter((_, i) => !indices.has(i)),
    context,
  );
}

function flatten(items: Sequence, { environment }: Context): Sequence {
  const flat: Item[] = [];
  const visit = (each: Sequence): void => {
    for (const item of each) {
      environment.budget.hold(1);
      if (item instanceof ArrayItem) item.members.forEach(visit);
      else flat.push(item);
    }
  };
  visit(items);
  return flat;
}

function sort([array, collation, key]: readonly Sequence[], context: Context): Sequence {
  const uri = optionalText(collation);
  if (uri !== undefined) assertCollation(uri, "FOCH0002");
  const keyed = membersOf(array).map((member) => ({ member, key: sortKey(member, key, context) }));
  context.environment.budget.step(keyed.length * Math.ceil(Math.log2(keyed.length + 1)));
  return arrayOf(
    keyed.sort((a, b) => compareKeys(a.key, b.key)).map(({ member }) => member),
    context,
  );
}

function filter([array, predicate]: readonly Sequence[], context: Context): Sequence {
  const kept = membersOf(array).filter((member) => {
    const [answer, ...more] = atomizeAll(callFunction(predicate![0]!, [member], context));
    if (typeof answer === "boolean" && more.length === 0) return answer;
    throw new QueryError("XPTY0004", "the function of array:filter() gives something else than one xs:boolean");
  });
  return arrayOf(kept, context);
}

function forEachPair([a, b, action]: readonly Sequence[], context: Context): Sequence {
  const [first, second] = [membersOf(a), membersOf(b)];
  const count = Math.min(first.length, second.length);
  const members = first.slice(0, count).map((member, i) => callFunction(action![0]!, [member, second[i]!], context));
  return arrayOf(members, context);
}

/** Functions and Operators 3.1, section 17.3. */
export const ARRAY_FUNCTIONS: readonly FunctionDefinition[] = [
  define("array:size($array as array(*)) as xs:integer", ([array]) => [BigInt(membersOf(array).length)]),
  define("array:get($array as array(*), $position as xs:integer) as item()*", ([array, position]) =>
    (array![0] as ArrayItem).get(integerArgument(position)),
  ),
  define(
    "array:put($array as array(*), $position as xs:integer, $member as item()*) as array(*)",
    ([array, position, member], context) => {
      const members = membersOf(array);
      return arrayOf(members.with(indexOf(integerArgument(position), members.length), member!), context);
    },
  ),
  define("array:append($array as array(*), $appendage as item()*) as array(*)", ([array, member], context) =>
    arrayOf([...membersOf(array), member!], context),
  ),
  define("array:subarray($array as array(*), $start as xs:integer) as array(*)", subarray),
  define("array:subarray($array as array(*), $start as xs:integer, $length as xs:integer) as array(*)", subarray),
  define("array:remove($array as array(*), $positions as xs:integer*) as array(*)", remove),
  define(
    "array:insert-before($array as array(*), $position as xs:integer, $member as item()*) as array(*)",
    ([array, position, member], context) => {
      const members = membersOf(array);
      return arrayOf(members.toSpliced(indexOf(integerArgument(position), members.length + 1), 0, member!), context);
    },
  ),
  define(
    "array:head($array as array(*)) as item()*",
    ([array]) => membersOf(array)[indexOf(1n, membersOf(array).length)]!,
  ),
  define("array:tail($array as array(*)) as array(*)", ([array], context) => {
    indexOf(1n, membersOf(array).length);
    return arrayOf(membersOf(array).slice(1), context);
  }),
  define("array:reverse($array as array(*)) as array(*)", ([array], context) =>
    arrayOf(membersOf(array).toReversed(), context),
  ),
  define("array:join($arrays as array(*)*) as array(*)", ([arrays], context) =>
    arrayOf(
      arrays!.flatMap((array) => (array as ArrayItem).members),
      context,
    ),
  ),
  define(
    "array:for-each($array as array(*), $action as function(item()*) as item()*) as array(*)",
    ([array, action], context) =>
      arrayOf(
        membersOf(array).map((member) => callFunction(action![0]!, [member], context)),
        context,
      ),
  ),
  define("array:filter($array as array(*), $function as function(item()*) as xs:boolean) as array(*)", filter),
  define(
    "array:fold-left($array as array(*), $zero as item()*, $f as function(item()*, item()*) as item()*) as item()*",
    ([array, zero, action], context) =>
      membersOf(array).reduce<Sequence>(
        (result, member) => callFunction(action![0]!, [result, member], context),
        zero!,
      ),
  ),
  define(
    "array:fold-right($array as array(*), $zero as item()*, $f as function(item()*, item()*) as item()*) as item()*",
    ([array, zero, action], context) =>
      membersOf(array).reduceRight<Sequence>(
        (result, member) => callFunction(action![0]!, [member, result], context),
        zero!,
      ),
  ),
  define(
    "array:for-each-pair($a as array(*), $b as array(*), $f as function(item()*, item()*) as item()*) as array(*)",
    forEachPair,
  ),
  define("array:sort($array as array(*)) as array(*)", sort),
  define("array:sort($array as array(*), $collation as xs:string?) as array(*)", sort),
  define(
    "array:sort($array as array(*), $collation as xs:string?, $key as function(item()*) as xs:anyAtomicType*) as array(*)",
    sort,
  ),
  define("array:flatten($input as item()*) as item()*", ([items], context) => flatten(items!, context)),
];
