import type { Database } from "./database.ts";
import type { DatabaseOptions } from "./database-options.ts";
import { parseDatabaseUrl, withoutDatabasePassword } from "./database-url.ts";
import { migrate } from "./migrate.ts";
import { openPostgres } from "./postgres/open-postgres.ts";
import { openSqlite } from "./sqlite/open-sqlite.ts";

/**
 * Opens a database by its URL and brings its tables up to date.
 *
 * An SQLite file is made when it is not there, with migrations or `makesFile`; its folder exists.
 *
 * @typeParam S tables with their columns
 * @throws XqbusError `xqbus:invalid-url`, `xqbus:missing-package`, `xqbus:database-unavailable`, `xqbus:database-failed`,
 * `xqbus:unreadable` (no such file), `xqbus:store-too-new`, and the other codes of {@link Database}
 */
export async function openDatabase<S>(url: string, options: DatabaseOptions = {}): Promise<Database<S>> {
  const place = parseDatabaseUrl(url, options.folder);
  const name = withoutDatabasePassword(url);
  const database =
    place.product === "sqlite"
      ? await openSqlite<S>(place.path, name, options)
      : await openPostgres<S>(place.url, name, options);
  try {
    if (options.migrations !== undefined) await migrate(database, options.migrations);
    return database;
  } catch (error) {
    await database.close();
    throw error;
  }
}
