import { openDatabase, withoutDatabasePassword } from "../../database/index.ts";
import { XqbusError } from "../../errors.ts";
import { producerState } from "../../producer/index.ts";
import { fail, ok, warn } from "./finding.ts";
import type { Finding } from "./finding.ts";

/** Whether the database of a relay answers, has an outbox, and has nothing parked in it. */
export async function checkProducer(name: string, url: string, timeoutMs: number): Promise<Finding> {
  const what = "producer";
  const shown = `${name} (${withoutDatabasePassword(url)})`;
  try {
    await using database = await openDatabase<unknown>(url, {
      connectTimeoutMs: timeoutMs,
      statementTimeoutMs: timeoutMs,
    });
    const { isInstalled, producers, waiting, parked } = await producerState(database);
    if (!isInstalled) {
      return warn(what, `${shown} has no outbox`, "xqbus producer install --database URL --table NAME makes one");
    }
    const found = `${shown}: ${producers.length} tables are watched, ${waiting} events wait`;
    if (parked.length === 0) return ok(what, found);
    const advice = "xqbus producer list tells why; xqbus producer retry lets them be tried again";
    return warn(what, `${found}, ${parked.length} are parked`, advice);
  } catch (error) {
    if (!(error instanceof XqbusError)) throw error;
    return fail(what, `${shown}: ${error.message}`, "look at its URL in [databases], and whether the database runs");
  }
}
