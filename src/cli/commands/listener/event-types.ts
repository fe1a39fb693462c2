import { XqbusError } from "../../../errors.ts";
import { eventWords, loadCatalog } from "../../../schema/index.ts";

/** Event types of this machine's catalog as listeners call them; none when it cannot be read: the daemon has its own. */
export async function knownEventTypes(): Promise<readonly string[]> {
  try {
    using catalog = await loadCatalog();
    return [...eventWords(catalog.model).values()];
  } catch (error) {
    if (error instanceof XqbusError) return [];
    throw error;
  }
}
