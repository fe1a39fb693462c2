import { BooleanValue } from "../../values/effective-boolean-value.ts";
import { isAtomic, typeOf, type AtomicValue, type Item } from "../../values/item.ts";
import { isNumeric, toNumber } from "../../values/numeric.ts";
import type { Compiled, Visitor } from "../compiled.ts";
import type { Context } from "../environment.ts";
import { Focus } from "../focus.ts";
import { Constant } from "./literal.ts";

/** Passes on the items of a source that fulfil a condition (XPath 3.1, section 3.3.3). False when the visitor ended it. */
export type Predicate = (context: Context, source: (take: Visitor) => boolean, visit: Visitor) => boolean;

export function compilePredicate(condition: Compiled): Predicate {
  const position = constantPosition(condition);
  if (position !== undefined) return (_context, source, visit) => takeOne(position, source, visit);
  if (condition.traits.usesLast) return (context, source, visit) => testAll(condition, context, source, visit);
  return (context, source, visit) => {
    let place = 0;
    return source((item) => !holds(condition, new Focus(context, item, ++place, 0)) || visit(item));
  };
}

/** `[3]`: nothing behind the third item is looked at. */
function takeOne(position: number, source: (take: Visitor) => boolean, visit: Visitor): boolean {
  let place = 0;
  let found: Item | undefined;
  source((item) => {
    if (++place !== position) return true;
    found = item;
    return false;
  });
  return found === undefined || visit(found);
}

function testAll(condition: Compiled, context: Context, source: (take: Visitor) => boolean, visit: Visitor): boolean {
  const items: Item[] = [];
  source((item) => {
    context.environment.budget.hold(1);
    items.push(item);
    return true;
  });
  for (const [index, item] of items.entries()) {
    if (holds(condition, new Focus(context, item, index + 1, items.length)) && !visit(item)) return false;
  }
  return true;
}

function constantPosition(condition: Compiled): number | undefined {
  if (!(condition instanceof Constant) || condition.value.length !== 1) return undefined;
  const [value] = condition.value;
  return typeof value === "bigint" && value > 0n && value <= Number.MAX_SAFE_INTEGER ? Number(value) : undefined;
}

/** A number is a position, everything else its effective boolean value. */
function holds(condition: Compiled, focus: Context): boolean {
  const { items } = condition.traits;
  if (items === "nodes" || items === "booleans") return condition.test(focus);
  let number: AtomicValue | undefined;
  const value = new BooleanValue();
  const isDecided = !condition.each(focus, (item) => {
    // More items behind a number make the effective boolean value an error.
    if (number === undefined && isAtomic(item) && isNumeric(typeOf(item))) number = item;
    return !value.take(item);
  });
  if (number !== undefined) return toNumber(number) === focus.position;
  return isDecided || value.value;
}
