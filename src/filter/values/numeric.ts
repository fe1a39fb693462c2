import { DECIMAL, DOUBLE, FLOAT, type AtomicType } from "./atomic-type.ts";
import { DecimalValue } from "./decimal-value.ts";
import { FloatValue } from "./float-value.ts";
import { IntegerValue } from "./integer-value.ts";
import type { AtomicValue } from "./item.ts";

/** Whether values of the type are numbers: xs:decimal, xs:double, xs:float and what derives from them. */
export function isNumeric(type: AtomicType): boolean {
  return type.primitive === DECIMAL || type.primitive === DOUBLE || type.primitive === FLOAT;
}

/** The number as the nearest double. Only for numeric values. */
export function toNumber(value: AtomicValue): number {
  if (typeof value === "number") return value;
  if (typeof value === "bigint") return Number(value);
  if (value instanceof FloatValue) return value.value;
  return Number(String(value));
}

/** An exact number (xs:decimal, xs:integer and what derives from them) as a fraction of a power of ten; undefined for the others. */
export function toExact(value: AtomicValue): { readonly unscaled: bigint; readonly scale: number } | undefined {
  if (typeof value === "bigint") return { unscaled: value, scale: 0 };
  if (value instanceof DecimalValue) return value;
  if (value instanceof IntegerValue) return { unscaled: value.value, scale: 0 };
  return undefined;
}

/** The integer behind xs:integer and the types derived from it; undefined for the others. */
export function toInteger(value: AtomicValue): bigint | undefined {
  if (typeof value === "bigint") return value;
  return value instanceof IntegerValue ? value.value : undefined;
}

/** The exact value of a finite double as a fraction: a double is a dyadic number, which a decimal can always write. */
export function exactOf(value: number): { readonly unscaled: bigint; readonly scale: number } {
  if (Number.isInteger(value)) return { unscaled: BigInt(value), scale: 0 };
  let scale = 0;
  let scaled = value;
  while (!Number.isInteger(scaled)) {
    scaled *= 2;
    scale++;
  }
  // value = scaled / 2^scale = scaled * 5^scale / 10^scale
  return { unscaled: BigInt(scaled) * 5n ** BigInt(scale), scale };
}

/** Compares two fractions of powers of ten exactly. */
export function compareExact(
  a: { readonly unscaled: bigint; readonly scale: number },
  b: { readonly unscaled: bigint; readonly scale: number },
): number {
  const scale = Math.max(a.scale, b.scale);
  const left = a.unscaled * 10n ** BigInt(scale - a.scale);
  const right = b.unscaled * 10n ** BigInt(scale - b.scale);
  return left < right ? -1 : left > right ? 1 : 0;
}
