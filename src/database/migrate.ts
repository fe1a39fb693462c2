import { messageOf, XqbusError } from "../errors.ts";
import type { Database } from "./database.ts";
import type { Migrations } from "./database-options.ts";
import { kyselyModule } from "./kysely-module.ts";

/**
 * Does the steps that were not done yet, all of them or none; several processes may ask at the same time.
 *
 * @throws XqbusError `xqbus:store-too-new` (a later release was here), `xqbus:database-failed`
 */
export async function migrate<S>(database: Database<S>, { name, steps }: Migrations): Promise<void> {
  const { Migrator } = await kyselyModule();
  const { kysely, sql, product } = database;
  const migrations = Object.entries(steps).map(
    ([step, make]) => [step, { up: (db: typeof kysely) => make({ kysely: db as never, sql, product }) }] as const,
  );
  const migrator = new Migrator({
    db: kysely,
    provider: { getMigrations: async () => Object.fromEntries(migrations) },
    migrationTableName: `${name}_migration`,
    migrationLockTableName: `${name}_migration_lock`,
  });
  const { error, results = [] } = await migrator.migrateToLatest();
  if (error === undefined) return;
  const reason = messageOf(error);
  if (LATER.test(reason)) {
    const message = `${database.name} has tables of a later release (${reason}): use the release that wrote it, or a later one`;
    throw new XqbusError("xqbus:store-too-new", message, { cause: error });
  }
  if (error instanceof XqbusError) throw error;
  const failed = results.find(({ status }) => status === "Error")?.migrationName;
  const step = failed === undefined ? "" : ` (step ${failed})`;
  const message = `${database.name}: the tables could not be brought up to date${step}: ${reason}`;
  throw new XqbusError("xqbus:database-failed", message, { cause: error });
}

/** What kysely says when a step was done that is not among ours. */
const LATER = /previously executed migration .* is missing/;
