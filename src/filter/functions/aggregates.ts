import { arithmetic } from "../values/arithmetic.ts";
import * as types from "../values/atomic-type.ts";
import { cast } from "../values/cast.ts";
import { assertCollation } from "../values/collation.ts";
import { compareForOrder, isNaNValue } from "../values/compare-values.ts";
import { typeOf, type AtomicValue, type Sequence } from "../values/item.ts";
import { isNumeric } from "../values/numeric.ts";
import { QueryError } from "../values/query-error.ts";
import type { Context } from "../evaluate/environment.ts";
import { textArgument } from "./arguments.ts";
import { define } from "./define.ts";
import type { FunctionDefinition } from "./function-definition.ts";

/** Untyped values are xs:double. */
function typed(items: Sequence): readonly AtomicValue[] {
  return items.map((item) => {
    const value = item as AtomicValue;
    return typeOf(value) === types.UNTYPED_ATOMIC ? cast(value, types.DOUBLE) : value;
  });
}

/** Numbers, or durations of one kind. @throws QueryError FORG0006 */
function assertSummable(values: readonly AtomicValue[], what: string): void {
  const areNumbers = values.every((value) => isNumeric(typeOf(value)));
  const areAll = (type: types.AtomicType): boolean => values.every((value) => typeOf(value).isA(type));
  if (areNumbers || areAll(types.YEAR_MONTH_DURATION) || areAll(types.DAY_TIME_DURATION)) return;
  throw new QueryError("FORG0006", `${what} takes numbers, or durations of one kind`);
}

function total(values: readonly AtomicValue[], { environment }: Context): AtomicValue {
  environment.budget.step(values.length);
  return values.reduce((sum, value) => arithmetic("+", sum, value));
}

function sum([items, zero]: readonly Sequence[], context: Context): Sequence {
  const values = typed(items!);
  if (values.length === 0) return zero ?? [0n];
  assertSummable(values, "sum()");
  return [total(values, context)];
}

function average([items]: readonly Sequence[], context: Context): Sequence {
  const values = typed(items!);
  if (values.length === 0) return [];
  assertSummable(values, "avg()");
  return [arithmetic("div", total(values, context), BigInt(values.length))];
}

/** The widest numeric type of the values, which the result has (Functions and Operators 3.1, section 14.4.3). */
function widest(values: readonly AtomicValue[]): types.AtomicType | undefined {
  const has = (type: types.AtomicType): boolean => values.some((value) => typeOf(value).primitive === type);
  if (has(types.DOUBLE)) return types.DOUBLE;
  if (has(types.FLOAT)) return types.FLOAT;
  return undefined;
}

function extreme(sign: 1 | -1, name: string) {
  return ([items, collation]: readonly Sequence[], { environment }: Context): Sequence => {
    if (collation !== undefined) assertCollation(textArgument(collation), "FOCH0002");
    const values = typed(items!);
    environment.budget.step(values.length);
    const [first, ...rest] = values;
    if (first === undefined) return [];
    const target = values.every((value) => isNumeric(typeOf(value))) ? widest(values) : undefined;
    let best = first;
    try {
      // The first value is compared with itself: a single value must be of an ordered type, too.
      compareForOrder(first, first);
      for (const value of rest) {
        const order = compareForOrder(value, best);
        if (isNaNValue(best)) continue;
        if (isNaNValue(value) || order * sign > 0) best = value;
      }
    } catch (error) {
      if (!(error instanceof QueryError) || error.code !== "XPTY0004") throw error;
      throw new QueryError("FORG0006", `${name}() takes values of one type that has an order: ${error.reason}`);
    }
    if (target !== undefined) return [cast(best, target)];
    const hasString = values.some((value) => typeOf(value).primitive === types.STRING);
    return [typeOf(best) === types.ANY_URI && hasString ? cast(best, types.STRING) : best];
  };
}

/** Functions and Operators 3.1, section 14.4. */
export const AGGREGATE_FUNCTIONS: readonly FunctionDefinition[] = [
  define("fn:sum($arg as xs:anyAtomicType*) as xs:anyAtomicType", sum),
  define("fn:sum($arg as xs:anyAtomicType*, $zero as xs:anyAtomicType?) as xs:anyAtomicType?", sum),
  define("fn:avg($arg as xs:anyAtomicType*) as xs:anyAtomicType?", average),
  define("fn:max($arg as xs:anyAtomicType*) as xs:anyAtomicType?", extreme(1, "max")),
  define("fn:max($arg as xs:anyAtomicType*, $collation as xs:string) as xs:anyAtomicType?", extreme(1, "max")),
  define("fn:min($arg as xs:anyAtomicType*) as xs:anyAtomicType?", extreme(-1, "min")),
  define("fn:min($arg as xs:anyAtomicType*, $collation as xs:string) as xs:anyAtomicType?", extreme(-1, "min")),
];
