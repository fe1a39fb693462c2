import type { Sequence } from "../values/item.ts";
import { numberArgument } from "./arguments.ts";
import { define } from "./define.ts";
import type { FunctionDefinition } from "./function-definition.ts";
import { toNumber } from "../values/numeric.ts";
import type { AtomicValue } from "../values/item.ts";

function unary(name: string, compute: (x: number) => number): FunctionDefinition {
  return define(`math:${name}($arg as xs:double?) as xs:double?`, ([argument]) =>
    argument!.length === 0 ? [] : [compute(numberArgument(argument))],
  );
}

/** IEEE 754-2008: 1 to any power is 1, and -1 to an infinite power too, which JavaScript has as NaN. */
function power([base, exponent]: readonly Sequence[]): Sequence {
  if (base!.length === 0) return [];
  const [x, y] = [numberArgument(base), toNumber(exponent![0] as AtomicValue)];
  return [x === 1 || (x === -1 && !Number.isFinite(y) && !Number.isNaN(y)) ? 1 : x ** y];
}

/** Functions and Operators 3.1, section 4.8. */
export const MATH_FUNCTIONS: readonly FunctionDefinition[] = [
  define("math:pi() as xs:double", () => [Math.PI]),
  unary("exp", Math.exp),
  unary("exp10", (x) => 10 ** x),
  unary("log", Math.log),
  unary("log10", Math.log10),
  unary("sqrt", Math.sqrt),
  unary("sin", Math.sin),
  unary("cos", Math.cos),
  unary("tan", Math.tan),
  unary("asin", Math.asin),
  unary("acos", Math.acos),
  unary("atan", Math.atan),
  define("math:pow($x as xs:double?, $y as xs:numeric) as xs:double?", power),
  define("math:atan2($y as xs:double, $x as xs:double) as xs:double", ([y, x]) => [
    Math.atan2(numberArgument(y), numberArgument(x)),
  ]),
];
