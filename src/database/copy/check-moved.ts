import { XqbusError } from "../../errors.ts";
import type { Cell, Database } from "../database.ts";
import { countRows, isThere } from "./copy-table.ts";
import { movedName, type Agreement, type MovableTables } from "./movable-tables.ts";

type Row = Readonly<Record<string, Cell>>;

const MAX_ROWS = 10_000;
/** Names that are told. */
const MAX_SHOWN = 5;

/**
 * Looks whether what the new database has can be the same as what the old one has.
 *
 * @throws XqbusError `xqbus:illegal-argument` names are taken by something else; what databases do
 */
export async function checkMoved(from: Database<unknown>, to: Database<unknown>, moved: MovableTables): Promise<void> {
  for (const agreement of moved.agreements) await checkAgreement(from, to, moved, agreement);
  await checkMark(from, to, moved);
}

/** Takes over the cell that tells whose rows these are. */
export async function takeMark(from: Database<unknown>, to: Database<unknown>, moved: MovableTables): Promise<void> {
  const { mark } = moved;
  if (mark === undefined) return;
  const { sql, kysely } = to;
  const own = await cellOf(from, mark.table, mark.column);
  await sql`UPDATE ${sql.table(movedName(moved, mark.table))} SET ${sql.ref(mark.column)} = ${own}`.execute(kysely);
}

async function checkAgreement(
  from: Database<unknown>,
  to: Database<unknown>,
  moved: MovableTables,
  { table, by, same, rows: limit = MAX_ROWS }: Agreement,
): Promise<void> {
  const into = movedName(moved, table);
  if (!(await isThere(to, into))) return;
  const columns = [...by, ...same];
  const there = await firstRows(to, into, columns, by, limit);
  if (there.length === 0) return;
  const mine = new Map((await firstRows(from, table, columns, by, limit)).map((row) => [textOf(row, by), row]));
  const taken = there.filter((row) => {
    const own = mine.get(textOf(row, by));
    return own !== undefined && textOf(own, same) !== textOf(row, same);
  });
  if (taken.length === 0) return;
  const names = taken.slice(0, MAX_SHOWN).map((row) => by.map((column) => String(row[column])).join(" "));
  const more = taken.length > MAX_SHOWN ? ` and ${taken.length - MAX_SHOWN} more` : "";
  throw new XqbusError(
    "xqbus:illegal-argument",
    `${to.name} has other ${moved.title} of the same name already (${table} ${names.join(", ")}${more}): rename or delete one of each, or use another database`,
  );
}

async function checkMark(from: Database<unknown>, to: Database<unknown>, moved: MovableTables): Promise<void> {
  const { mark, tables, title } = moved;
  if (mark === undefined || !(await isThere(to, movedName(moved, mark.table)))) return;
  const there = await cellOf(to, movedName(moved, mark.table), mark.column);
  if (there === (await cellOf(from, mark.table, mark.column))) return;
  for (const { name } of tables) {
    if ((await countRows(to, movedName(moved, name))) === 0) continue;
    throw new XqbusError(
      "xqbus:illegal-argument",
      `${to.name} has ${title} of its own already: migrate before any are made there, or use another database`,
    );
  }
}

async function firstRows(
  { kysely, sql }: Database<unknown>,
  table: string,
  columns: readonly string[],
  by: readonly string[],
  limit: number,
): Promise<readonly Row[]> {
  const wanted = sql.join(columns.map((column) => sql.ref(column)));
  const order = sql.join(by.map((column) => sql.ref(column)));
  const query = sql<Row>`SELECT ${wanted} FROM ${sql.table(table)} ORDER BY ${order} LIMIT ${limit}`;
  return (await query.execute(kysely)).rows;
}

async function cellOf({ kysely, sql }: Database<unknown>, table: string, column: string): Promise<Cell> {
  const query = sql<{ readonly cell: Cell }>`SELECT ${sql.ref(column)} AS cell FROM ${sql.table(table)} LIMIT 1`;
  return (await query.execute(kysely)).rows[0]?.cell ?? null;
}

function textOf(row: Row, columns: readonly string[]): string {
  return JSON.stringify(columns.map((column) => row[column]));
}
