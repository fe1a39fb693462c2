import { XqbusError } from "./errors.ts";

/** An option has a value that cannot be used. @param message what it is, and what would be right */
export function illegalOption(message: string): XqbusError {
  return new XqbusError("xqbus:illegal-argument", message);
}

/** @throws XqbusError `xqbus:illegal-argument` unless `value` is a number from `least` to `most` */
export function assertNumber(value: unknown, option: string, least: number, most: number): void {
  if (typeof value === "number" && value >= least && value <= most) return;
  throw illegalOption(`${option} must be a number from ${least} to ${most}, got ${shown(value)}`);
}

/** @throws XqbusError `xqbus:illegal-argument` unless `value` is a whole number from `least` to `most` */
export function assertInteger(
  value: unknown,
  option: string,
  least: number,
  most: number = Number.MAX_SAFE_INTEGER,
): void {
  if (Number.isSafeInteger(value) && (value as number) >= least && (value as number) <= most) return;
  const bounds = most === Number.MAX_SAFE_INTEGER ? `of at least ${least}` : `from ${least} to ${most}`;
  throw illegalOption(`${option} must be a whole number ${bounds}, got ${shown(value)}`);
}

/** @throws XqbusError `xqbus:illegal-argument` unless `value` is a whole number from `least` to `most`, or Infinity */
export function assertIntegerOrInfinity(value: unknown, option: string, least: number, most: number): void {
  if (value === Infinity || (Number.isSafeInteger(value) && (value as number) >= least && (value as number) <= most)) {
    return;
  }
  throw illegalOption(`${option} must be a whole number from ${least} to ${most}, or Infinity, got ${shown(value)}`);
}

/** @throws XqbusError `xqbus:illegal-argument` unless `value` is a function */
export function assertFunction(value: unknown, option: string): void {
  if (typeof value !== "function") throw illegalOption(`${option} must be a function, got ${shown(value)}`);
}

/** @throws XqbusError `xqbus:illegal-argument` unless `value` is an object, all of whose members are known */
export function assertMembers(value: unknown, option: string, known: readonly string[]): void {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw illegalOption(`${option} must be a text or an object, got ${shown(value)}`);
  }
  const stranger = Object.keys(value).find((name) => !known.includes(name));
  if (stranger === undefined) return;
  throw illegalOption(`${option} has no member ${shown(stranger)}; its members are ${known.join(", ")}`);
}

/** A value as it is shown in a message: bounded, and in quotes when it is a text. */
export function shown(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value.length > 60 ? `${value.slice(0, 60)}…` : value);
  return typeof value === "object" && value !== null ? (Array.isArray(value) ? "a list" : "an object") : String(value);
}
