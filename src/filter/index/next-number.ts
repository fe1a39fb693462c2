const FLOAT = new Float64Array(1);
const BITS = new BigInt64Array(FLOAT.buffer);

/** The least double above a finite one. */
export function nextUp(number: number): number {
  if (!Number.isFinite(number)) return number;
  if (number === 0) return Number.MIN_VALUE;
  FLOAT[0] = number;
  BITS[0]! += number > 0 ? 1n : -1n;
  return FLOAT[0];
}

/** The greatest double below a finite one. */
export function nextDown(number: number): number {
  return -nextUp(-number);
}
