import { Option } from "commander";
import { urlOfDatabase, type Database } from "../database/index.ts";
import { loadConfig } from "../server/index.ts";
import type { Io } from "./io.ts";
import { withDatabase, type WithDatabaseOptions } from "./with-database.ts";

/** Options of commands about tables. */
export interface TableDatabaseOptions {
  readonly database: string;
  readonly config?: string;
}

export const tableDatabaseOptions = (): readonly Option[] => [
  new Option("--database <name>", "URL (sqlite:data.db), or with --config a name of [databases]").makeOptionMandatory(),
  new Option("--config <file>", "configuration of a daemon, whose [databases] has the name"),
];

/** Opens the database that the options name. */
export async function withTableDatabase<T>(
  { database: name, config: file }: TableDatabaseOptions,
  { env }: Io,
  work: (database: Database<unknown>) => Promise<T>,
  options: WithDatabaseOptions = {},
): Promise<T> {
  if (file === undefined) return withDatabase(name, work, options);
  const { databases } = await loadConfig({ file, env });
  return withDatabase(urlOfDatabase(new Map(Object.entries(databases)), name, `[databases] of ${file}`), work, options);
}
