import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { Option } from "commander";
import { openDatabase, parseDatabaseUrl, sqliteUrl, type Database, type DatabaseOptions } from "../database/index.ts";

/** The database of an application. */
export const databaseOption = (): Option =>
  new Option(
    "--database <url>",
    "sqlite:PATH of a file, or postgres://user:password@host:port/name",
  ).makeOptionMandatory();

/** How a database is opened for some work. */
export interface WithDatabaseOptions extends Pick<DatabaseOptions, "makesFile"> {
  /** The work leaves nothing behind: in place of a file that would be made it gets another empty one. */
  readonly isTrial?: boolean;
}

/** Opens a database for the time of some work. */
export async function withDatabase<T>(
  url: string,
  work: (database: Database<unknown>) => Promise<T>,
  { isTrial = false, ...options }: WithDatabaseOptions = {},
): Promise<T> {
  if (isTrial && isNewFile(url)) return withEmptyFile(work);
  await using database = await openDatabase<unknown>(url, options);
  return await work(database);
}

function isNewFile(url: string): boolean {
  const place = parseDatabaseUrl(url);
  return place.product === "sqlite" && !existsSync(place.path) && existsSync(dirname(place.path));
}

async function withEmptyFile<T>(work: (database: Database<unknown>) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), "xqbus-trial-"));
  try {
    return await withDatabase(sqliteUrl(join(folder, "trial.db")), work, { makesFile: true });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
