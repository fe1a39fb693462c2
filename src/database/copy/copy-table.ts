import type { Cell, ColumnType, Database } from "../database.ts";
import type { Migrations } from "../database-options.ts";
import { migrationState } from "../migration-state.ts";
import type { CopiedTable, MovableTables } from "./movable-tables.ts";

/** What became of the rows of a table. */
export interface CopiedRows {
  /** Rows that the old table has. */
  readonly rows: number;
  /** Those of them that the new one did not have. */
  readonly copied: number;
}

/** How a table is copied. */
export interface CopyOptions {
  readonly signal: AbortSignal;
  /** Told after each page: rows until now. */
  readonly onRows?: (rows: number) => void;
}

type Row = Readonly<Record<string, Cell>>;

const PAGE_ROWS = 500;
const TYPES: readonly ColumnType[] = ["text", "bigint", "double precision", "bytea"];

/**
 * Copies the rows of a table of SQLite to one of PostgreSQL that has the same columns ({@link tableDifference}), in the order of their keys; a row that is
 * there already stays as it is.
 *
 * @param into the new table, maybe with its schema
 * @throws XqbusError what databases do
 */
export async function copyTable(
  from: Database<unknown>,
  to: Database<unknown>,
  { name, key, pageRows = PAGE_ROWS }: CopiedTable,
  into: string,
  { signal, onRows = () => undefined }: CopyOptions,
): Promise<CopiedRows> {
  const columns = await newColumns(to, into);
  const names = Object.keys(columns);
  const before = await countRows(to, into);
  let rows = 0;
  for (let last: Row | undefined; ;) {
    signal.throwIfAborted();
    const page = await pageOf(from, { name, key, pageRows }, names, last);
    if (page.length === 0) break;
    await to.insert([
      {
        table: into,
        columns,
        rows: page.map((row) => names.map((column) => cellOf(row[column]))),
        ignoresConflicts: true,
      },
    ]);
    rows += page.length;
    onRows(rows);
    last = page.at(-1);
  }
  await setSequence(to, into, key);
  return { rows, copied: (await countRows(to, into)) - before };
}

/** How many rows a table has. */
export async function countRows({ kysely, sql }: Database<unknown>, table: string): Promise<number> {
  const { rows } = await sql<{ readonly count: number }>`SELECT count(*) AS count FROM ${sql.table(table)}`.execute(
    kysely,
  );
  return Number(rows[0]?.count ?? 0);
}

/** Whether a database has a table. */
export async function isThere({ kysely, sql, product }: Database<unknown>, table: string): Promise<boolean> {
  const query =
    product === "sqlite"
      ? sql<{
          readonly found: string | null;
        }>`SELECT max(name) AS found FROM sqlite_master WHERE type = 'table' AND name = ${table}`
      : sql<{ readonly found: string | null }>`SELECT to_regclass(${table})::text AS found`;
  const { rows } = await query.execute(kysely);
  return typeof rows[0]?.found === "string";
}

/**
 * What tells that a table of SQLite is of an older release than the one of PostgreSQL that it would be copied to; undefined: nothing, as far as both are there.
 *
 * @param into the new table, maybe with its schema
 */
export async function tableDifference(
  from: Database<unknown>,
  to: Database<unknown>,
  name: string,
  into: string,
): Promise<string | undefined> {
  if (!(await isThere(from, name))) return `${from.name} has no table ${name}`;
  if (!(await isThere(to, into))) return undefined;
  return differenceOf(from, name, await oldColumns(from, name), await newColumns(to, into));
}

/** What of the making of its tables tells that a file of SQLite is of an older release, also where the new tables are not there; undefined: nothing. */
export async function missingStep(
  from: Database<unknown>,
  { madeBy }: Pick<MovableTables, "madeBy">,
): Promise<string | undefined> {
  if (isSteps(madeBy)) {
    const { missing } = await migrationState(from, madeBy);
    const [step] = missing;
    return step === undefined ? undefined : `${from.name} has tables without the step ${step}`;
  }
  const { kysely, sql } = from;
  const query = sql<{ readonly version: number }>`SELECT user_version AS version FROM pragma_user_version`;
  const version = Number((await query.execute(kysely)).rows[0]?.version ?? 0);
  if (version >= madeBy.length) return undefined;
  return `${from.name} has version ${version} of its tables, and this release version ${madeBy.length}`;
}

function isSteps(madeBy: MovableTables["madeBy"]): madeBy is Migrations {
  return "steps" in madeBy;
}

async function pageOf(
  { kysely, sql }: Database<unknown>,
  { name, key, pageRows }: Required<CopiedTable>,
  columns: readonly string[],
  last: Row | undefined,
): Promise<readonly Row[]> {
  const keys = sql.join(key.map((column) => sql.ref(column)));
  const after =
    last === undefined ? sql`` : sql`WHERE (${keys}) > (${sql.join(key.map((column) => last[column] ?? null))})`;
  const wanted = sql.join(columns.map((column) => sql.ref(column)));
  const query = sql<Row>`SELECT ${wanted} FROM ${sql.table(name)} ${after} ORDER BY ${keys} LIMIT ${pageRows}`;
  return (await query.execute(kysely)).rows;
}

function differenceOf(
  from: Database<unknown>,
  name: string,
  old: readonly string[],
  columns: Readonly<Record<string, ColumnType>>,
): string | undefined {
  const names = Object.keys(columns);
  if (old.join() === names.join()) return undefined;
  return `${from.name} has the columns ${old.join(", ")} in ${name}, and the new table ${names.join(", ")}`;
}

async function oldColumns({ kysely, sql }: Database<unknown>, name: string): Promise<readonly string[]> {
  const query = sql<{ readonly name: string }>`SELECT name FROM pragma_table_info(${name}) ORDER BY name`;
  return (await query.execute(kysely)).rows.map((row) => row.name);
}

async function newColumns(
  { kysely, sql }: Database<unknown>,
  into: string,
): Promise<Readonly<Record<string, ColumnType>>> {
  const query = sql<{ readonly name: string; readonly type: string }>`
    SELECT attname AS name, format_type(atttypid, NULL) AS type FROM pg_attribute
    WHERE attrelid = ${into}::regclass AND attnum > 0 AND NOT attisdropped ORDER BY attname COLLATE "C"`;
  const columns: Record<string, ColumnType> = {};
  for (const { name: column, type } of (await query.execute(kysely)).rows) {
    const known = TYPES.find((each) => each === type);
    if (known !== undefined) columns[column] = known;
  }
  return columns;
}

/** Numbers that the new database gives go on behind those that were copied. */
async function setSequence({ kysely, sql }: Database<unknown>, into: string, key: readonly string[]): Promise<void> {
  const [column] = key;
  if (column === undefined || key.length > 1) return;
  const found = sql<{ readonly name: string | null }>`SELECT pg_get_serial_sequence(${into}, ${column}) AS name`;
  const name = (await found.execute(kysely)).rows[0]?.name ?? undefined;
  if (name === undefined) return;
  const last = sql`SELECT greatest(max(${sql.ref(column)}), 1) FROM ${sql.table(into)}`;
  await sql`SELECT setval(${name}, (${last}))`.execute(kysely);
}

/** PostgreSQL has no text with U+0000. */
function cellOf(cell: Cell | undefined): Cell {
  return typeof cell === "string" ? cell.replaceAll("\0", "\uFFFD") : (cell ?? null);
}
