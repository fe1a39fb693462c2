import { textOf } from "../values/cast.ts";
import type { AtomicValue, Sequence } from "../values/item.ts";
import { toInteger, toNumber } from "../values/numeric.ts";

/** The text of an argument of type `xs:string?`; undefined for the empty sequence. */
export function optionalText(argument: Sequence | undefined): string | undefined {
  const value = argument?.[0];
  return value === undefined ? undefined : textOf(value as AtomicValue);
}

/** The text of an argument of type `xs:string?`; the empty string for the empty sequence, as most functions have it. */
export function textArgument(argument: Sequence | undefined): string {
  return optionalText(argument) ?? "";
}

/** The one atomic value of an argument; undefined for the empty sequence. */
export function optionalValue(argument: Sequence | undefined): AtomicValue | undefined {
  return argument?.[0] as AtomicValue | undefined;
}

/** The number of an argument of type `xs:double`. */
export function numberArgument(argument: Sequence | undefined): number {
  return toNumber(argument![0] as AtomicValue);
}

/** The integer of an argument of type `xs:integer`. */
export function integerArgument(argument: Sequence | undefined): bigint {
  return toInteger(argument![0] as AtomicValue)!;
}
