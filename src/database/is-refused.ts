import { XqbusError } from "../errors.ts";

const REFUSALS: readonly string[] = ["xqbus:value-refused", "xqbus:database-failed", "xqbus:store-failed"];

/** Whether a database says with this error that it does not take a statement or a value of it: with another one it may. */
export function isRefused(error: unknown): error is XqbusError {
  return error instanceof XqbusError && REFUSALS.includes(error.code);
}
