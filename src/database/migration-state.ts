import type { Database } from "./database.ts";
import type { Migrations } from "./database-options.ts";

/** Which steps of making tables a database has seen. */
export interface MigrationState {
  /** Steps that are not done: all of them where there is no table yet. */
  readonly missing: readonly string[];
  /** Steps that a later release has done. */
  readonly unknown: readonly string[];
}

/**
 * Looks at how far the tables of a database are, and changes nothing.
 *
 * @param schema where they are in PostgreSQL; default: where the connection looks first
 */
export async function migrationState<S>(
  database: Pick<Database<S>, "kysely" | "sql">,
  { name, steps }: Migrations,
  schema?: string,
): Promise<MigrationState> {
  const { kysely, sql } = database;
  const table = `${name}_migration`;
  const tables = await kysely.introspection.getTables();
  const isThere = tables.some((each) => each.name === table && (schema === undefined || each.schema === schema));
  const place = schema === undefined ? sql.table(table) : sql.table(`${schema}.${table}`);
  const { rows } = isThere ? await sql<{ name: string }>`select name from ${place}`.execute(kysely) : { rows: [] };
  const done = rows.map((row) => row.name);
  return {
    missing: Object.keys(steps).filter((step) => !done.includes(step)),
    unknown: done.filter((step) => !(step in steps)),
  };
}
