import type { Expression, LookupKey } from "../../syntax/ast.ts";
import { ArrayItem } from "../../values/array-item.ts";
import { atomizeAll, atomizeOptional } from "../../values/atomize.ts";
import { INTEGER, UNTYPED_ATOMIC } from "../../values/atomic-type.ts";
import { cast } from "../../values/cast.ts";
import type { MapEntry } from "../../values/function-item.ts";
import { typeOf, type AtomicValue, type Item, type Sequence } from "../../values/item.ts";
import { MapItem } from "../../values/map-item.ts";
import { mapKey } from "../../values/map-key.ts";
import { QueryError } from "../../values/query-error.ts";
import { Compiled, SINGLE, traitsOver, type Visitor } from "../compiled.ts";
import type { Context } from "../environment.ts";
import { locate } from "../located.ts";
import type { Scope } from "../scope.ts";
import { Constant } from "./literal.ts";
import { ContextItem } from "./filter.ts";

/** `map { key: value }` (XPath 3.1, section 3.11.1.1). */
export function compileMap({ at, entries }: Extract<Expression, { kind: "map" }>, scope: Scope): Compiled {
  const compiled = entries.map(({ key, value }) => ({ key: scope.compile(key), value: scope.compile(value) }));
  return new MapConstructor(at, compiled);
}

class MapConstructor extends Compiled {
  readonly #entries: readonly { readonly key: Compiled; readonly value: Compiled }[];

  constructor(at: number, entries: readonly { readonly key: Compiled; readonly value: Compiled }[]) {
    super(
      at,
      traitsOver(
        entries.flatMap(({ key, value }) => [key, value]),
        SINGLE,
      ),
    );
    this.#entries = entries;
  }

  override each(context: Context, visit: Visitor): boolean {
    const { budget } = context.environment;
    const entries: MapEntry[] = [];
    const keys = new Set<string>();
    for (const { key, value } of this.#entries) {
      const atomic = atomizeOptional(key.items(context), "the key of a map", key.at);
      if (atomic === undefined) throw new QueryError("XPTY0004", "the key of a map is empty", key.at);
      if (keys.has(mapKey(atomic))) {
        throw new QueryError("XQDY0137", `the map has the key ${String(atomic)} twice`, key.at);
      }
      budget.hold(2);
      keys.add(mapKey(atomic));
      entries.push({ key: atomic, value: value.items(context) });
    }
    return visit(MapItem.of(entries));
  }
}

/** `[a, b]` (section 3.11.1.2). */
export function compileSquareArray(
  { at, members }: Extract<Expression, { kind: "squareArray" }>,
  scope: Scope,
): Compiled {
  return new SquareArray(
    at,
    members.map((member) => scope.compile(member)),
  );
}

class SquareArray extends Compiled {
  readonly #members: readonly Compiled[];

  constructor(at: number, members: readonly Compiled[]) {
    super(at, traitsOver(members, SINGLE));
    this.#members = members;
  }

  override each(context: Context, visit: Visitor): boolean {
    context.environment.budget.hold(this.#members.length);
    return visit(new ArrayItem(this.#members.map((member) => member.items(context))));
  }
}

/** `array { a, b }`: each item is a member. */
export function compileCurlyArray(
  { at, content }: Extract<Expression, { kind: "curlyArray" }>,
  scope: Scope,
): Compiled {
  return new CurlyArray(at, scope.compile(content));
}

class CurlyArray extends Compiled {
  readonly #content: Compiled;

  constructor(at: number, content: Compiled) {
    super(at, traitsOver([content], SINGLE));
    this.#content = content;
  }

  override each(context: Context, visit: Visitor): boolean {
    const items = this.#content.items(context);
    context.environment.budget.hold(items.length);
    return visit(new ArrayItem(items.map((item) => [item])));
  }
}

/** `on?key` and `?key` (section 3.11.3). */
export function compileLookup({ at, on, key }: Extract<Expression, { kind: "lookup" }>, scope: Scope): Compiled {
  return new Lookup(at, on === undefined ? new ContextItem(at) : scope.compile(on), compileKey(key, at, scope));
}

/** Undefined stands for `*`. */
function compileKey(key: LookupKey, at: number, scope: Scope): Compiled | undefined {
  switch (key.kind) {
    case "all":
      return undefined;
    case "name":
      return new Constant(at, [key.name]);
    case "integer":
      return new Constant(at, [BigInt(key.value)]);
    case "expression":
      return scope.compile(key.expression);
  }
}

class Lookup extends Compiled {
  readonly #on: Compiled;
  readonly #key: Compiled | undefined;

  constructor(at: number, on: Compiled, key: Compiled | undefined) {
    super(at, traitsOver(key === undefined ? [on] : [on, key]));
    this.#on = on;
    this.#key = key;
  }

  override each(context: Context, visit: Visitor): boolean {
    const keys = this.#key === undefined ? undefined : atomizeAll(this.#key.items(context));
    const visitAll = (items: Sequence): boolean => items.every(visit);
    return this.#on.each(context, (item) => {
      context.environment.budget.step(1 + (keys?.length ?? 0));
      try {
        if (item instanceof MapItem) {
          if (keys === undefined) return [...item.entries].every(({ value }) => visitAll(value));
          return keys.every((key) => visitAll(item.get(key) ?? []));
        }
        if (item instanceof ArrayItem) {
          if (keys === undefined) return item.members.every(visitAll);
          return keys.every((key) => visitAll(item.get(asPosition(key))));
        }
      } catch (error) {
        throw locate(error, this.at);
      }
      throw new QueryError("XPTY0004", `"?" looks into maps and arrays; found ${describe(item)}`, this.at);
    });
  }
}

function asPosition(key: AtomicValue): bigint {
  if (typeof key === "bigint") return key;
  if (typeOf(key) === UNTYPED_ATOMIC) return asPosition(cast(key, INTEGER));
  if (typeOf(key).isA(INTEGER)) return BigInt(String(key));
  throw new QueryError("XPTY0004", `the position in an array is of type ${String(typeOf(key))}; expected xs:integer`);
}

function describe(item: Item): string {
  return typeof item === "object" && "nodeType" in item ? "a node" : "a value or function";
}
