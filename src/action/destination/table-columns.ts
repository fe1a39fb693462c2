import type { Database } from "../../database/index.ts";
import { XqbusError } from "../../errors.ts";
import { nearestName } from "../../nearest-name.ts";

/** What a column holds, whatever its SQL type is called. */
export type ColumnKind = "integer" | "number" | "text" | "boolean" | "date" | "timestamp" | "bytes" | "json" | "any";

/** A column of a table of somebody else. */
export interface TableColumn {
  readonly name: string;
  /** As the database says it: `integer`, `character varying(20)`. */
  readonly type: string;
  readonly kind: ColumnKind;
  /** Whether a row must give it: it may not be NULL, and has no default. */
  readonly isNeeded: boolean;
  /** Whether NULL is no value of it. */
  readonly isNotNull: boolean;
}

/** Kinds by the beginning of the SQL type, the first that fits. */
const KINDS: readonly (readonly [RegExp, ColumnKind])[] = [
  [/^(?:timestamp|datetime)/, "timestamp"],
  [/^date/, "date"],
  [/^(?:bool)/, "boolean"],
  [/^(?:jsonb?)/, "json"],
  [/^(?:bytea|.*blob|.*binary)/, "bytes"],
  [/^(?:interval|point|inet|cidr|.*\[\])/, "any"],
  [/^(?:.*int|.*serial)/, "integer"],
  [/^(?:num|dec|real|float|double|money)/, "number"],
  [/^(?:.*char|.*text|.*clob|string|uuid|citext)/, "text"],
];

/**
 * The columns of a table.
 *
 * @throws XqbusError `xqbus:illegal-argument` there is no such table
 */
export async function tableColumns(database: Database<unknown>, table: string): Promise<readonly TableColumn[]> {
  const columns = database.product === "sqlite" ? await ofSqlite(database, table) : await ofPostgres(database, table);
  if (columns.length > 0) return columns;
  const near = nearestName(table, await tableNames(database));
  const hint = near === undefined ? `create it: xqbus table create ${table}` : `did you mean ${near}?`;
  throw new XqbusError("xqbus:illegal-argument", `${database.name} has no table ${table}; ${hint}`);
}

/** The tables that there are, without those of the product and of this package. */
export async function tableNames({ product, sql, kysely }: Database<unknown>): Promise<readonly string[]> {
  const { rows } =
    product === "sqlite"
      ? await sql<{ readonly name: string }>`
          SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite!_%' ESCAPE '!' ORDER BY name`.execute(
          kysely,
        )
      : await sql<{ readonly name: string }>`
          SELECT tablename AS name FROM pg_tables WHERE schemaname = ANY(current_schemas(false)) ORDER BY tablename`.execute(
          kysely,
        );
  return rows.map(({ name }) => name).filter((name) => !name.startsWith("xqbus_"));
}

async function ofSqlite({ sql, kysely }: Database<unknown>, table: string): Promise<readonly TableColumn[]> {
  interface Row {
    readonly name: string;
    readonly type: string;
    readonly notnull: number;
    readonly dflt_value: string | null;
    readonly pk: number;
    readonly hidden: number;
  }
  const { rows } = await sql<Row>`SELECT * FROM pragma_table_xinfo(${table}) ORDER BY cid`.execute(kysely);
  return rows
    .filter(({ hidden }) => hidden === 0)
    .map(({ name, type: declared, notnull, dflt_value: value, pk }) => {
      const type = declared.toLowerCase();
      // A key that is a number is made where none is given.
      const isMade = pk === 1 && type === "integer" && rows.filter((row) => row.pk > 0).length === 1;
      return {
        name,
        type,
        kind: kindOf(type),
        isNotNull: notnull === 1,
        isNeeded: notnull === 1 && value === null && !isMade,
      };
    });
}

async function ofPostgres({ sql, kysely }: Database<unknown>, table: string): Promise<readonly TableColumn[]> {
  const [schema, name] = table.includes(".") ? (table.split(".", 2) as [string, string]) : [undefined, table];
  const { rows } = await sql<{
    readonly name: string;
    readonly type: string;
    readonly required: boolean;
    readonly made: boolean;
  }>`
    SELECT a.attname AS name, format_type(a.atttypid, a.atttypmod) AS type, a.attnotnull AS required,
      a.atthasdef OR a.attidentity <> '' AS made
    FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relname = ${name} AND c.relkind IN ('r', 'p') AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
      AND n.nspname = coalesce(${schema ?? null}, (SELECT s.nspname FROM pg_class t JOIN pg_namespace s ON s.oid = t.relnamespace
        WHERE t.relname = ${name} AND pg_table_is_visible(t.oid) LIMIT 1))
    ORDER BY a.attnum`.execute(kysely);
  return rows.map(({ name: column, type, required, made }) => ({
    ...{ name: column, type, kind: kindOf(type), isNotNull: required, isNeeded: required && !made },
  }));
}

/** SQLite takes any word for a type. */
function kindOf(type: string): ColumnKind {
  const lower = type.toLowerCase();
  return KINDS.find(([pattern]) => pattern.test(lower))?.[1] ?? "any";
}
