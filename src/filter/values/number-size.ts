import { DecimalValue } from "./decimal-value.ts";
import type { AtomicValue } from "./item.ts";
import { QueryError } from "./query-error.ts";

/** Digits that a number of a filter may have, before and behind the point each; longer ones would cost without bound. */
export const MAX_DIGITS = 2000;

const TOO_LARGE = 10n ** BigInt(MAX_DIGITS);

/** Gives back the result of arithmetic. @throws QueryError FOAR0002 when it has more than {@link MAX_DIGITS} digits */
export function bounded(value: AtomicValue): AtomicValue {
  if (typeof value === "bigint") assertSize(value);
  else if (value instanceof DecimalValue) {
    if (value.scale > MAX_DIGITS) throw tooLong();
    assertSize(value.unscaled);
  }
  return value;
}

function assertSize(value: bigint): void {
  if (value >= TOO_LARGE || value <= -TOO_LARGE) throw tooLong();
}

function tooLong(): QueryError {
  return new QueryError("FOAR0002", `a number has more than ${MAX_DIGITS} digits`);
}
