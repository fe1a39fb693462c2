import { setTimeout as sleep } from "node:timers/promises";
import { XqbusError } from "../../errors.ts";
import type { Log } from "../log/index.ts";

/** How a database is waited for. Times in ms. */
export interface ReachDatabaseOptions {
  readonly log: Pick<Log, "write">;
  /** Ends the wait. */
  readonly signal?: AbortSignal | undefined;
  /** Is called once when it has to be waited for; what it gives is called when the wait is over. */
  readonly onWait?: () => Promise<(() => Promise<void>) | undefined>;
  /** To the second attempt; each one that fails doubles it. Default 1,000. */
  readonly firstPauseMs?: number;
}

const FIRST_PAUSE_MS = 1000;
const LONGEST_PAUSE_MS = 5000;

/**
 * Waits until a database of PostgreSQL can be reached and written; an SQLite file is there, or is made later.
 *
 * @param url `[storage] url`
 * @throws XqbusError what somebody has to change first, such as `xqbus:database-failed` for a wrong password; `xqbus:aborted`
 */
export async function reachDatabase(
  url: string,
  { log, signal, onWait, firstPauseMs = FIRST_PAUSE_MS }: ReachDatabaseOptions,
): Promise<void> {
  const { openDatabase, parseDatabaseUrl, readOnlyReason } = await import("../../database/index.ts");
  if (parseDatabaseUrl(url).product !== "postgres") return;
  let told: string | undefined;
  let endWait: (() => Promise<void>) | undefined;
  try {
    for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS)) {
      try {
        await using database = await openDatabase(url);
        const isReadOnly = await readOnlyReason(database);
        if (isReadOnly !== undefined) {
          throw new XqbusError("xqbus:database-unavailable", `${database.name}: ${isReadOnly}`);
        }
        if (told !== undefined) log.write("info", "the database is there", { url: database.name });
        return;
      } catch (error) {
        if (!(error instanceof XqbusError) || error.code !== "xqbus:database-unavailable") throw error;
        const { message, code } = error;
        if (message !== told) log.write("error", `the daemon waits for its database: ${message}`, { code });
        if (told === undefined) endWait = await onWait?.();
        told = message;
      }
      await sleep(pauseMs, undefined, signal === undefined ? {} : { signal }).catch(() => undefined);
      if (signal?.aborted === true)
        throw new XqbusError("xqbus:aborted", `the daemon was to end while it waited: ${told}`);
    }
  } finally {
    await endWait?.();
  }
}
