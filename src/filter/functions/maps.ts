import type { Context } from "../evaluate/environment.ts";
import { ArrayItem } from "../values/array-item.ts";
import type { MapEntry } from "../values/function-item.ts";
import type { AtomicValue, Item, Sequence } from "../values/item.ts";
import { mapKey } from "../values/map-key.ts";
import { MapItem } from "../values/map-item.ts";
import { QueryError } from "../values/query-error.ts";
import { optionalText } from "./arguments.ts";
import { define } from "./define.ts";
import type { FunctionDefinition } from "./function-definition.ts";
import { append, callFunction } from "./higher-order.ts";

function mapArgument(argument: Sequence | undefined): MapItem {
  return argument![0] as MapItem;
}

const POLICIES: ReadonlySet<string> = new Set(["reject", "use-first", "use-last", "combine", "use-any"]);

/** `map:merge` (Functions and Operators 3.1, section 17.1.2). */
function merge([maps, options]: readonly Sequence[], { environment }: Context): Sequence {
  const policy = options === undefined ? "use-first" : duplicatesOption(mapArgument(options));
  const entries: MapEntry[] = [];
  const all = maps!.flatMap((map) => [...(map as MapItem).entries]);
  environment.budget.hold(all.length * 2);
  const places = new Map<string, number>();
  for (const entry of all) {
    const at = places.get(mapKey(entry.key));
    const earlier = at === undefined ? undefined : entries[at];
    if (earlier === undefined) {
      places.set(mapKey(entry.key), entries.length);
      entries.push(entry);
      continue;
    }
    if (policy === "reject") throw new QueryError("FOJS0003", `the key ${String(entry.key)} is there twice`);
    if (policy === "use-last") entries[at!] = entry;
    if (policy === "combine") entries[at!] = { key: earlier.key, value: [...earlier.value, ...entry.value] };
  }
  return [MapItem.of(entries)];
}

function duplicatesOption(options: MapItem): string {
  const value = options.get("duplicates");
  if (value === undefined) return "use-first";
  const policy = optionalText(value);
  if (policy !== undefined && value.length === 1 && POLICIES.has(policy)) return policy;
  throw new QueryError(
    "FOJS0005",
    `the option duplicates is ${String(policy)}; expected one of ${[...POLICIES].join(", ")}`,
  );
}

/** `map:find` (section 17.1.7): looks into maps and arrays, and what is in them. */
function find([input, key]: readonly Sequence[], context: Context): Sequence {
  const wanted = key![0] as AtomicValue;
  const found: Sequence[] = [];
  const visit = (items: Sequence): void => {
    for (const item of items) {
      context.environment.budget.step();
      if (item instanceof ArrayItem) item.members.forEach(visit);
      if (!(item instanceof MapItem)) continue;
      const value = item.get(wanted);
      if (value !== undefined) found.push(value);
      for (const entry of item.entries) visit(entry.value);
    }
  };
  visit(input!);
  return [new ArrayItem(found)];
}

function forEachEntry([map, action]: readonly Sequence[], context: Context): Sequence {
  const result: Item[] = [];
  for (const { key, value } of mapArgument(map).entries) {
    append(result, callFunction(action![0]!, [[key], value], context), context);
  }
  return result;
}

/** Functions and Operators 3.1, section 17.1. */
export const MAP_FUNCTIONS: readonly FunctionDefinition[] = [
  define("map:merge($maps as map(*)*) as map(*)", merge),
  define("map:merge($maps as map(*)*, $options as map(*)) as map(*)", merge),
  define("map:size($map as map(*)) as xs:integer", ([map]) => [BigInt(mapArgument(map).size)]),
  define("map:keys($map as map(*)) as xs:anyAtomicType*", ([map]) =>
    [...mapArgument(map).entries].map(({ key }) => key),
  ),
  define("map:contains($map as map(*), $key as xs:anyAtomicType) as xs:boolean", ([map, key]) => [
    mapArgument(map).has(key![0] as AtomicValue),
  ]),
  define(
    "map:get($map as map(*), $key as xs:anyAtomicType) as item()*",
    ([map, key]) => mapArgument(map).get(key![0] as AtomicValue) ?? [],
  ),
  define("map:find($input as item()*, $key as xs:anyAtomicType) as array(*)", find),
  define(
    "map:put($map as map(*), $key as xs:anyAtomicType, $value as item()*) as map(*)",
    ([map, key, value], { environment }) => {
      const original = mapArgument(map);
      environment.budget.hold(original.size + 1);
      return [original.with({ key: key![0] as AtomicValue, value: value! })];
    },
  ),
  define("map:entry($key as xs:anyAtomicType, $value as item()*) as map(*)", ([key, value]) => [
    MapItem.of([{ key: key![0] as AtomicValue, value: value! }]),
  ]),
  define("map:remove($map as map(*), $keys as xs:anyAtomicType*) as map(*)", ([map, keys], { environment }) => {
    const original = mapArgument(map);
    environment.budget.hold(original.size);
    return [original.without(keys as readonly AtomicValue[])];
  }),
  define(
    "map:for-each($map as map(*), $action as function(xs:anyAtomicType, item()*) as item()*) as item()*",
    forEachEntry,
  ),
];
