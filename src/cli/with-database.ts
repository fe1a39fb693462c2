import { Option } from "commander";
import { openDatabase, type Database, type DatabaseOptions } from "../database/index.ts";

/** The database of an application. */
export const databaseOption = (): Option =>
  new Option(
    "--database <url>",
    "sqlite:PATH of a file, or postgres://user:password@host:port/name",
  ).makeOptionMandatory();

/** Opens a database for the time of some work. */
export async function withDatabase<T>(
  url: string,
  work: (database: Database<unknown>) => Promise<T>,
  options: Pick<DatabaseOptions, "makesFile"> = {},
): Promise<T> {
  await using database = await openDatabase<unknown>(url, options);
  return await work(database);
}
