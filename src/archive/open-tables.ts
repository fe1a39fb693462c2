import { migrationState, openDatabase, type DatabaseOptions } from "../database/index.ts";
import { XqbusError } from "../errors.ts";
import { ARCHIVE_MIGRATIONS } from "./migrations.ts";
import type { ArchiveDatabase, ArchiveTables } from "./tables.ts";

/**
 * Opens the database of an archive, and makes its tables or brings them up to date; for reading only it makes nothing.
 *
 * @throws XqbusError as `openDatabase` says; for reading only `xqbus:unreadable` where there is no archive, or one of an earlier release, and
 *   `xqbus:store-too-new`
 */
export async function openTables(url: string, options: Omit<DatabaseOptions, "migrations">): Promise<ArchiveDatabase> {
  if (options.readOnly !== true)
    return openDatabase<ArchiveTables>(url, { ...options, migrations: ARCHIVE_MIGRATIONS });
  const database = await openDatabase<ArchiveTables>(url, options);
  try {
    const refusal = await refusalOf(database);
    if (refusal !== undefined) throw refusal;
    return database;
  } catch (error) {
    await database.close();
    throw error;
  }
}

async function refusalOf(database: ArchiveDatabase): Promise<XqbusError | undefined> {
  const { name } = database;
  const { missing, unknown } = await migrationState(database, ARCHIVE_MIGRATIONS);
  if (unknown.length > 0) {
    const message = `the archive in ${name} is of a later release (${unknown.join(", ")}): use the release that wrote it, or a later one`;
    return new XqbusError("xqbus:store-too-new", message);
  }
  if (missing.length === 0) return undefined;
  const isNone = missing.length === Object.keys(ARCHIVE_MIGRATIONS.steps).length;
  const why = isNone
    ? `there is no archive in ${name}, and reading makes none`
    : `the archive in ${name} is of an earlier release (it lacks ${missing.join(", ")}), and reading does not change it: start the daemon of this release with it once`;
  return new XqbusError("xqbus:unreadable", why);
}
