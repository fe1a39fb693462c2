import { databaseNow, isThere, type Database } from "../database/index.ts";
import { XqbusError } from "../errors.ts";
import { CLUSTER_SCHEMA } from "./tables.ts";

/**
 * Looks whether a database is free for a domain: it belongs to no other, and no process serves it now. Makes no tables.
 *
 * @throws XqbusError `xqbus:illegal-argument` it belongs to another domain; `xqbus:store-in-use`, and those of databases
 */
export async function assertNobodyServes(
  database: Database<unknown>,
  { domain, goneAfterMs }: { readonly domain: string; readonly goneAfterMs: number },
): Promise<void> {
  const { kysely, sql, name } = database;
  const table = (of: string) => sql.table(`${CLUSTER_SCHEMA}.${of}`);
  if (!(await isThere(database, `${CLUSTER_SCHEMA}.member`))) return;
  const bus = await sql<{ readonly domain: string }>`SELECT domain FROM ${table("bus")}`.execute(kysely);
  const other = bus.rows.find((row) => row.domain !== domain)?.domain;
  if (other !== undefined) {
    throw new XqbusError(
      "xqbus:illegal-argument",
      `${name} belongs to the domain ${other}, and [broker] url names ${domain}: give each domain a database of its own ([storage] url)`,
    );
  }
  const living = await sql<{ readonly id: string }>`
    SELECT id FROM ${table("member")} WHERE seen_at > ${databaseNow(database)} - ${goneAfterMs}`.execute(kysely);
  if (living.rows.length === 0) return;
  const ids = living.rows.map(({ id }) => id).join(", ");
  throw new XqbusError(
    "xqbus:store-in-use",
    `${living.rows.length} daemons serve ${name} now (${ids}): end them, migrate, and start them again`,
  );
}
