import type { BulkInsert, DatabaseProduct } from "./database.ts";

/** The statement of a {@link BulkInsert}: for SQLite with one row of parameters, for PostgreSQL with an array for each column. */
export function bulkInsertSql(
  { table, columns, ignoresConflicts, belongsTo }: BulkInsert,
  product: DatabaseProduct,
): string {
  const names = Object.keys(columns);
  const into = `INSERT INTO ${quoted(table)}(${names.map(quoted).join(", ")})`;
  const key = typeof ignoresConflicts === "object" ? `(${ignoresConflicts.map(quoted).join(", ")}) ` : "";
  const conflict = ignoresConflicts ? ` ON CONFLICT ${key}DO NOTHING` : "";
  const arrays = Object.values(columns).map((type, at) => `$${at + 1}::${type}[]`);
  const values = `VALUES(${names.map(() => "?").join(", ")})`;
  if (belongsTo === undefined) {
    return `${into} ${product === "sqlite" ? values : `SELECT * FROM unnest(${arrays.join(", ")})`}${conflict}`;
  }
  const { column, table: owners, key: ownKey } = belongsTo;
  const given =
    product === "sqlite"
      ? { rows: `(${values}) AS given`, owner: `column${names.indexOf(column) + 1}` }
      : { rows: `unnest(${arrays.join(", ")}) AS given(${names.map(quoted).join(", ")})`, owner: quoted(column) };
  const isThere = `EXISTS (SELECT 1 FROM ${quoted(owners)} AS owner WHERE owner.${quoted(ownKey)} = given.${given.owner})`;
  return `${into} SELECT * FROM ${given.rows} WHERE ${isThere}${conflict}`;
}

/** An identifier of SQL; `schema.table` is two of them. */
function quoted(name: string): string {
  return name
    .split(".")
    .map((part) => `"${part.replaceAll('"', '""')}"`)
    .join(".");
}
