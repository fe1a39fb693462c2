import type { XqbusError } from "../errors.ts";

/**
 * Waits while a database is away: resolves when it is worth trying again; what it throws is what the work fails with.
 *
 * @param tries that have failed, one after the other
 */
export type Patience = (error: XqbusError, tries: number) => Promise<void>;

/** Codes of what passes by itself, and is the fault of no event. */
const PASSING: readonly string[] = ["xqbus:database-unavailable", "xqbus:store-full", "xqbus:store-in-use"];

/** Does work that a database may be away for. Without patience it fails then. */
export async function patiently<T>(work: () => Promise<T>, patience: Patience | undefined): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await work();
    } catch (error) {
      if (patience === undefined || !PASSING.includes((error as XqbusError).code)) throw error;
      await patience(error as XqbusError, tries);
    }
  }
}
