import { isPassing } from "../database/index.ts";
import type { XqbusError } from "../errors.ts";

/**
 * Waits while a database is away: resolves when it is worth trying again; what it throws is what the work fails with.
 *
 * @param tries that have failed, one after the other
 */
export type Patience = (error: XqbusError, tries: number) => Promise<void>;

/** Does work that a database may be away for. Without patience it fails then. */
export async function patiently<T>(work: () => Promise<T>, patience: Patience | undefined): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await work();
    } catch (error) {
      if (patience === undefined || !isPassing(error)) throw error;
      await patience(error, tries);
    }
  }
}
