import { basename } from "node:path";
import type { Database } from "../database/index.ts";
import { XqbusError } from "../errors.ts";
import { nearestName } from "../nearest-name.ts";
import type { WatchedTable } from "./producer-definition.ts";

/** A database whose tables are somebody else's. */
export type ForeignDatabase = Database<unknown>;

/** Virtual columns (SQLite) have no values of their own. */
const HIDDEN = 1;

/**
 * Reads what a table is made of.
 *
 * @throws XqbusError `xqbus:illegal-argument` there is no such table, or it is a view
 */
export function describeTable(database: ForeignDatabase, table: string): Promise<WatchedTable> {
  return database.product === "sqlite" ? describeSqlite(database, table) : describePostgres(database, table);
}

/** The name of the database: of SQLite that of the file without its ending. */
export async function databaseName({ product, name, sql, kysely }: ForeignDatabase): Promise<string> {
  if (product === "sqlite")
    return basename(name)
      .replace(/^(?:sqlite|file):/, "")
      .replace(/\.[^.]*$/, "");
  const { rows } = await sql<{ readonly name: string }>`SELECT current_database() AS name`.execute(kysely);
  return rows[0]?.name ?? "";
}

async function describeSqlite({ sql, kysely }: ForeignDatabase, table: string): Promise<WatchedTable> {
  const { rows: tables } = await sql<{ readonly name: string; readonly type: string }>`
    SELECT name, type FROM sqlite_schema WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite!_%' ESCAPE '!'`.execute(
    kysely,
  );
  const found = tables.find(({ name }) => name.toLowerCase() === table.toLowerCase());
  if (found?.type !== "table") throw noTable(table, tables, found?.type);
  const { rows } = await sql<{ readonly name: string; readonly pk: number; readonly hidden: number }>`
    SELECT name, pk, hidden FROM pragma_table_xinfo(${found.name}) ORDER BY cid`.execute(kysely);
  const columns = rows.filter(({ hidden }) => hidden !== HIDDEN).map(({ name }) => ({ name, isBinary: false }));
  const key = rows.filter(({ pk }) => pk > 0).sort((a, b) => a.pk - b.pk);
  return { schema: "", name: found.name, columns, key: key.map(({ name }) => name) };
}

async function describePostgres({ sql, kysely }: ForeignDatabase, table: string): Promise<WatchedTable> {
  interface Found {
    readonly oid: number;
    readonly schema: string;
    readonly name: string;
    readonly kind: string;
  }
  const { rows: found } = await sql<Found>`
    SELECT c.oid::int8 AS oid, n.nspname AS schema, c.relname AS name, c.relkind::text AS kind
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.oid IN (to_regclass(quote_ident(${table})), CASE WHEN ${isRegclass(table)} THEN to_regclass(${table}) END)
    ORDER BY c.relname = ${table} DESC LIMIT 1`.execute(kysely);
  const [first] = found;
  if (first === undefined || !["r", "p"].includes(first.kind)) {
    const { rows: tables } = await sql<{ readonly name: string }>`
      SELECT tablename AS name FROM pg_tables WHERE schemaname = ANY(current_schemas(false)) LIMIT 1000`.execute(
      kysely,
    );
    throw noTable(table, tables, first === undefined ? undefined : "view or foreign table");
  }
  const { oid, schema, name } = first;
  const { rows: columns } = await sql<{ readonly name: string; readonly binary: boolean }>`
    SELECT attname AS name, atttypid = 'bytea'::regtype AS binary FROM pg_attribute
    WHERE attrelid = ${oid} AND attnum > 0 AND NOT attisdropped ORDER BY attnum`.execute(kysely);
  const { rows: key } = await sql<{ readonly name: string }>`
    SELECT a.attname AS name FROM pg_index i, unnest(i.indkey::int2[]) WITH ORDINALITY AS k(attnum, place)
    JOIN pg_attribute a ON a.attrelid = ${oid} AND a.attnum = k.attnum
    WHERE i.indrelid = ${oid} AND i.indisprimary ORDER BY k.place`.execute(kysely);
  return {
    ...{ schema, name, key: key.map((column) => column.name) },
    columns: columns.map((column) => ({ name: column.name, isBinary: column.binary })),
  };
}

/** What `to_regclass` can read without an error: one or two identifiers. */
function isRegclass(text: string): boolean {
  return /^(?:[\p{L}_][\p{L}\p{N}_$]*|"(?:[^"]|"")+")(?:\.(?:[\p{L}_][\p{L}\p{N}_$]*|"(?:[^"]|"")+"))?$/u.test(text);
}

function noTable(table: string, tables: readonly { readonly name: string }[], kind: string | undefined): XqbusError {
  if (kind !== undefined) return new XqbusError("xqbus:illegal-argument", `${table} is a ${kind}; expected a table`);
  const near = nearestName(
    table,
    tables.map(({ name }) => name),
  );
  const hint = near === undefined ? "create it first, and the producer then" : `did you mean ${near}?`;
  return new XqbusError("xqbus:illegal-argument", `there is no table ${table}; ${hint}`);
}
