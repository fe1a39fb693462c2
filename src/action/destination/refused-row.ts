import { isRefused, type Database, type Sql, type Transaction } from "../../database/index.ts";
import { messageOf, XqbusError } from "../../errors.ts";
import type { DestinationCell } from "./cell-of.ts";
import type { TableColumn } from "./table-columns.ts";

/** Rows of one statement, as they go to a table. */
export interface Portion {
  readonly table: string;
  readonly columns: readonly TableColumn[];
  readonly cells: readonly (readonly DestinationCell[])[];
  /** Number of the first one, from 1. */
  readonly first: number;
}

const LENGTH = /^character(?: varying)?\((\d+)\)/;

/**
 * Inserts rows; where the database refuses one, says which, and what is wrong with it. The transaction is of no use then.
 *
 * @throws XqbusError `xqbus:illegal-argument` with row and column; with the row only where it is refused as a whole, with the code of that
 */
export async function insertPortion(
  transaction: Transaction<unknown>,
  { sql, product }: Pick<Database<unknown>, "sql" | "product">,
  portion: Portion,
): Promise<void> {
  await sql`SAVEPOINT xqbus_portion`.execute(transaction);
  const refusal = await tried(transaction, sql, portion, portion.cells.length);
  if (refusal === undefined) return;
  // The first rows up to the one that is refused: it may be refused for one of them.
  let [good, bad] = [0, portion.cells.length];
  let error = refusal;
  while (bad - good > 1) {
    const middle = Math.floor((good + bad) / 2);
    const found = await tried(transaction, sql, portion, middle);
    if (found !== undefined) [bad, error] = [middle, found];
    else {
      good = middle;
      await sql`ROLLBACK TO SAVEPOINT xqbus_portion`.execute(transaction);
    }
  }
  const column = product === "postgres" ? await refusedColumn(transaction, sql, portion, bad - 1) : undefined;
  const where = `row ${portion.first + bad - 1}${column === undefined ? "" : `, column ${column.name}`} of ${portion.table}`;
  const type = column === undefined ? "" : ` (${column.type})`;
  const code = column === undefined ? error.code : "xqbus:illegal-argument";
  throw new XqbusError(code, `${where}${type}: ${messageOf(error)}`, { cause: error });
}

/** @returns why these first rows are refused; nothing is inserted then */
async function tried(
  transaction: Transaction<unknown>,
  sql: Sql,
  { table, columns, cells }: Portion,
  count: number,
): Promise<XqbusError | undefined> {
  const names = sql.join(columns.map(({ name }) => sql.ref(name)));
  const values = sql.join(cells.slice(0, count).map((row) => sql`(${sql.join(row)})`));
  try {
    await sql`INSERT INTO ${sql.table(table)}(${names}) VALUES ${values}`.execute(transaction);
    return undefined;
  } catch (error) {
    if (!isRefused(error)) throw error;
    await sql`ROLLBACK TO SAVEPOINT xqbus_portion`.execute(transaction);
    return error;
  }
}

/** The first column whose type does not take its value; undefined: the row is refused for something else. */
async function refusedColumn(
  transaction: Transaction<unknown>,
  sql: Sql,
  { columns, cells }: Portion,
  at: number,
): Promise<TableColumn | undefined> {
  for (const [index, column] of columns.entries()) {
    const cell = cells[at]?.[index] ?? null;
    if (cell === null || cell instanceof Uint8Array) continue;
    const text = String(cell);
    // A cast cuts what is too long.
    const [, most] = LENGTH.exec(column.type) ?? [];
    if (most !== undefined && [...text.trimEnd()].length > Number(most)) return column;
    try {
      // The name of the type is the database's own.
      await sql`SELECT CAST(${text}::text AS ${sql.raw(column.type)})`.execute(transaction);
    } catch (error) {
      if (!isRefused(error)) throw error;
      await sql`ROLLBACK TO SAVEPOINT xqbus_portion`.execute(transaction);
      return column;
    }
  }
  return undefined;
}
