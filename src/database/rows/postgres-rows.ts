import type { XqbusError } from "../../errors.ts";
import type { SqlRow, SqlValue, SqlWrite } from "../../storage/index.ts";
import type { Database } from "../database.ts";
import type { Migration } from "../database-options.ts";
import { openDatabase } from "../open-database.ts";
import { postgresStatement, severalRows } from "./postgres-statement.ts";
import type { RowStorage } from "./row-storage.ts";

/** Which rows of a database of PostgreSQL. */
export interface PostgresRowsOptions {
  /** The schema that the tables are in, which is made when it is not there. */
  readonly schema: string;
  /** Version n of the tables is made by script n: SQL of SQLite, with INTEGER, BLOB, TEXT and AUTOINCREMENT. */
  readonly scripts: readonly string[];
  /** What the tables of the first script begin with. */
  readonly first?: readonly SqlWrite[];
  /** A connection is lost; the next use opens another one. */
  readonly onError: (error: XqbusError) => void;
}

/** @throws what `openDatabase` throws */
export async function openPostgresRows(
  url: string,
  { schema, scripts, first = [], onError }: PostgresRowsOptions,
): Promise<RowStorage> {
  const steps = Object.fromEntries(
    scripts.map((script, index) => [String(index + 1).padStart(3, "0"), migrationOf(script, index === 0 ? first : [])]),
  );
  return new PostgresRows(await openDatabase(url, { schema, migrations: { name: schema, steps }, onError }));
}

class PostgresRows implements RowStorage {
  readonly #database: Database<unknown>;

  constructor(database: Database<unknown>) {
    this.#database = database;
  }

  async read(sql: string, parameters: readonly SqlValue[] = []): Promise<readonly SqlRow[]> {
    const { rows } = await postgresStatement(this.#database, sql, parameters).execute(this.#database.kysely);
    return rows;
  }

  async write(writes: readonly SqlWrite[]): Promise<void> {
    await this.#database.kysely.transaction().execute(async (transaction) => {
      for (const { sql, rows } of writes) {
        for (const [text, parameters] of severalRows(sql, rows)) {
          await postgresStatement(this.#database, text, parameters).execute(transaction);
        }
      }
    });
  }

  close(): Promise<void> {
    return this.#database.close();
  }
}

/** The script of SQLite's tables with PostgreSQL's types. */
function migrationOf(script: string, rows: readonly SqlWrite[]): Migration {
  const words = script
    .replaceAll("INTEGER PRIMARY KEY AUTOINCREMENT", "BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY")
    .replaceAll("INTEGER", "BIGINT")
    .replaceAll("BLOB", "BYTEA")
    .replaceAll("WITHOUT ROWID", "");
  return async ({ kysely, sql }) => {
    for (const statement of words.split(";")) {
      if (statement.trim() !== "") await sql.raw(statement).execute(kysely);
    }
    for (const write of rows) {
      for (const parameters of write.rows) await postgresStatement({ sql }, write.sql, parameters).execute(kysely);
    }
  };
}
