import { shown } from "../../assert-option.ts";
import type { Database } from "../../database/index.ts";
import { messageOf, XqbusError } from "../../errors.ts";
import { nearestName } from "../../nearest-name.ts";
import { cellOf, type DestinationCell } from "./cell-of.ts";
import { insertPortion } from "./refused-row.ts";
import { tableColumns, type TableColumn } from "./table-columns.ts";
import { openDestination, type Destination } from "./use-databases.ts";

/** A row as an action has it: values by column. */
export type DestinationRow = Readonly<Record<string, unknown>>;

/** What was done. */
export interface InsertStats {
  /** As it was named. */
  readonly table: string;
  /** Rows in the table that were not there before: all of them, or 0 with an error. */
  readonly inserted: number;
  /** Columns that the rows have. */
  readonly columns: readonly string[];
  /** How long it took. */
  readonly milliseconds: number;
}

/** What {@link bulkInsert} answers: `error` is null when all rows are in the table; otherwise none is. */
export interface InsertResult {
  readonly stats: InsertStats;
  readonly error: XqbusError | null;
}

const MAX_ROWS = 1_000_000;
/** Cells of one statement: SQLite takes 32766, PostgreSQL 65535. */
const CELLS_AT_ONCE = 30_000;

/**
 * Inserts rows in a table of a destination, all of them or none. What a row does not have is the column's default.
 *
 * It does not throw: `error` says what is wrong, with the row, counted from 1, and the column. Its code is `xqbus:illegal-argument` for
 * rows that do not fit the table, or one of databases; `xqbus:database-unavailable` is worth another attempt.
 */
export async function bulkInsert(
  destination: Destination,
  table: string,
  rows: readonly DestinationRow[],
): Promise<InsertResult> {
  const began = performance.now();
  const stats = (inserted: number, columns: readonly string[]): InsertStats => ({
    ...{ table, inserted, columns, milliseconds: Math.round(performance.now() - began) },
  });
  try {
    const database = await openDestination(destination);
    const columns = await insertRows(database, table, rows);
    return { stats: stats(rows.length, columns), error: null };
  } catch (cause) {
    const error = cause instanceof XqbusError ? cause : new XqbusError("xqbus:internal", messageOf(cause), { cause });
    return { stats: stats(0, []), error };
  }
}

async function insertRows(
  database: Database<unknown>,
  table: string,
  rows: readonly DestinationRow[],
): Promise<readonly string[]> {
  const given: unknown = rows;
  if (!Array.isArray(given)) throw wrong("rows are no list; expected a list of objects");
  if (rows.length > MAX_ROWS) throw wrong(`there are ${rows.length} rows; expected at most ${MAX_ROWS} at a time`);
  const known = await tableColumns(database, table);
  const used = columnsOf(rows, known, table);
  const cells = rows.map((row, at) => cellsOf(row, at, used, known, table, database.product));
  const { sql, kysely } = database;
  const atOnce = Math.max(1, Math.floor(CELLS_AT_ONCE / Math.max(1, used.length)));
  const into = sql.table(table);
  await kysely.transaction().execute(async (transaction) => {
    for (let at = 0; at < cells.length; at += atOnce) {
      const portion = cells.slice(at, at + atOnce);
      if (used.length === 0) {
        for (let row = 0; row < portion.length; row++)
          await sql`INSERT INTO ${into} DEFAULT VALUES`.execute(transaction);
        continue;
      }
      await insertPortion(transaction, database, { table, columns: used, cells: portion, first: at + 1 });
    }
  });
  return used.map(({ name }) => name);
}

/** The columns that any row has, in the order of the table. A row that lacks one of them has NULL there, or its default is asked for. */
function columnsOf(
  rows: readonly DestinationRow[],
  known: readonly TableColumn[],
  table: string,
): readonly TableColumn[] {
  const names = known.map(({ name }) => name);
  const used = new Set<string>();
  for (const [at, row] of rows.entries()) {
    if (typeof row !== "object" || row === null || Array.isArray(row)) {
      throw wrong(`row ${at + 1} is no object; expected { column: value }`);
    }
    for (const name of Object.keys(row)) {
      if (used.has(name)) continue;
      if (!names.includes(name)) {
        const near = nearestName(name, names);
        const hint = near === undefined ? `its columns are ${names.slice(0, 20).join(", ")}` : `did you mean ${near}?`;
        throw wrong(`row ${at + 1}: table ${table} has no column ${name}; ${hint}`);
      }
      used.add(name);
    }
  }
  return known.filter(({ name }) => used.has(name));
}

function cellsOf(
  row: DestinationRow,
  at: number,
  used: readonly TableColumn[],
  known: readonly TableColumn[],
  table: string,
  product: "sqlite" | "postgres",
): readonly DestinationCell[] {
  const missing = known.find(({ name, isNeeded, isNotNull }) => {
    const value = row[name] ?? null;
    return value === null && (isNeeded || (isNotNull && used.some((column) => column.name === name)));
  });
  if (missing !== undefined) {
    throw wrong(
      `row ${at + 1} has no value for column ${missing.name} of ${table}, which must have one (${missing.type})`,
    );
  }
  return used.map((column) => {
    const made = cellOf(row[column.name], column, product);
    if ("cell" in made) return made.cell;
    const found = shown(row[column.name]);
    throw wrong(
      `row ${at + 1}, column ${column.name} of ${table} (${column.type}): expected ${made.expected}, got ${found}`,
    );
  });
}

function wrong(message: string): XqbusError {
  return new XqbusError("xqbus:illegal-argument", message);
}
