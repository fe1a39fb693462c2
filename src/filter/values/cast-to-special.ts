import { ATOMIC_TYPES, DOUBLE, type AtomicType } from "./atomic-type.ts";
import { cast, textOf } from "./cast.ts";
import { typeOf, type AtomicValue, type Sequence } from "./item.ts";
import { isNumeric } from "./numeric.ts";
import { QueryError } from "./query-error.ts";

/** The list types that XML Schema has, with the types of their items. */
export const LIST_TYPES: ReadonlyMap<string, AtomicType> = new Map([
  ["NMTOKENS", ATOMIC_TYPES.get("NMTOKEN")!],
  ["IDREFS", ATOMIC_TYPES.get("IDREF")!],
  ["ENTITIES", ATOMIC_TYPES.get("ENTITY")!],
]);

/** @throws QueryError FORG0001 for the empty list and wrong items, XPTY0004 for values that are no text */
export function castToList(value: AtomicValue, itemType: AtomicType): Sequence {
  const kind = typeOf(value).primitive?.name;
  if (kind !== "string" && kind !== "untypedAtomic") {
    throw new QueryError("XPTY0004", `a value of type ${String(typeOf(value))} cannot be cast to a list`);
  }
  const words = textOf(value)
    .split(/[ \t\n\r]+/)
    .filter(Boolean);
  if (words.length === 0) throw new QueryError("FORG0001", "the list is empty; expected at least one item");
  return words.map((word) => cast(word, itemType));
}

/** xs:numeric: a number stays what it is, everything else becomes an xs:double. */
export function castToNumeric(value: AtomicValue): AtomicValue {
  return isNumeric(typeOf(value)) ? value : cast(value, DOUBLE);
}
