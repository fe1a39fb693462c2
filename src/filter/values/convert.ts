import {
  ANY_ATOMIC,
  ANY_URI,
  DECIMAL,
  DOUBLE,
  FLOAT,
  QNAME,
  NOTATION,
  STRING,
  UNTYPED_ATOMIC,
  type AtomicType,
} from "./atomic-type.ts";
import { atomizeAll } from "./atomize.ts";
import { cast } from "./cast.ts";
import { CoercedFunction } from "./coerced-function.ts";
import { FunctionItem } from "./function-item.ts";
import { isAtomic, typeOf, type AtomicValue, type Item, type Sequence } from "./item.ts";
import { describeItems, itemMatches, sequenceMatches } from "./match-type.ts";
import { QueryError } from "./query-error.ts";
import type { ItemType, SequenceType } from "./sequence-type.ts";
import { describeType } from "./subtype.ts";

/**
 * The function conversion rules (XPath 3.1, section 3.1.5.2): where atomic values are expected, nodes and arrays are atomized, untyped
 * values cast and numbers and URIs promoted; where a function with a signature is expected, the function gets that signature.
 *
 * @param what names the sequence in messages
 * @throws QueryError XPTY0004, FOTY0013, FORG0001, XPTY0117
 */
export function convert(items: Sequence, type: SequenceType, what: () => string, at: number): Sequence {
  const { item } = type;
  if (item === undefined || item.kind === "item") {
    if (sequenceMatches(items, type)) return items;
    throw mismatch(items, type, what, at);
  }
  const converted = convertItems(items, item);
  if (converted.every((each) => itemMatches(each, item)) && countFits(converted.length, type.occurrence))
    return converted;
  throw mismatch(items, type, what, at);
}

function mismatch(items: Sequence, type: SequenceType, what: () => string, at: number): QueryError {
  return new QueryError("XPTY0004", `${what()} is ${describeItems(items)}; expected ${describeType(type)}`, at);
}

function countFits(count: number, occurrence: SequenceType["occurrence"]): boolean {
  if (count === 0) return occurrence === "?" || occurrence === "*";
  return count === 1 || occurrence === "*" || occurrence === "+";
}

function convertItems(items: Sequence, type: ItemType): Sequence {
  switch (type.kind) {
    case "atomic": {
      const target = type.type;
      if (items.length === 1 && isAtomic(items[0]!) && typeOf(items[0]) === target) return items;
      return atomizeAll(items).map((value) => convertValue(value, target));
    }
    case "union":
      // xs:numeric: untyped values become xs:double.
      return atomizeAll(items).map((value) => (typeOf(value) === UNTYPED_ATOMIC ? cast(value, DOUBLE) : value));
    case "function": {
      const { signature } = type;
      if (signature === undefined) return items;
      return items.map((item): Item => {
        if (!(item instanceof FunctionItem) || item.arity !== signature.parameters.length) return item;
        return new CoercedFunction(item, signature.parameters, signature.result);
      });
    }
    default:
      return items;
  }
}

function convertValue(value: AtomicValue, target: AtomicType): AtomicValue {
  const type = typeOf(value);
  if (type.isA(target)) return value;
  if (type === UNTYPED_ATOMIC) {
    if (target === QNAME || target === NOTATION) {
      throw new QueryError("XPTY0117", "a name cannot be made of an untyped value; use QName() or xs:QName()");
    }
    return target === ANY_ATOMIC ? value : cast(value, target);
  }
  const promotes =
    (target === DOUBLE && (type.isA(DECIMAL) || type.isA(FLOAT))) ||
    (target === FLOAT && type.isA(DECIMAL)) ||
    (target === STRING && type.isA(ANY_URI));
  return promotes ? cast(value, target) : value;
}
