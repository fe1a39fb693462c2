import { XqbusError } from "../errors.ts";

/** What passes by itself, and is the fault of nothing that was to be written. */
const PASSING: readonly string[] = ["xqbus:database-unavailable", "xqbus:store-full", "xqbus:store-in-use"];

/** Whether a database may take the same later that it has refused with this error. */
export function isPassing(error: unknown): error is XqbusError {
  return error instanceof XqbusError && PASSING.includes(error.code);
}
