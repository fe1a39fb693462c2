import { createRequire } from "node:module";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { BulkInsert, Cell } from "../../src/database/index.ts";
import { TestPostgres } from "../../test/helpers/postgres.ts";

/** What is needed of better-sqlite3, which has no types. */
interface SqliteFile {
  pragma(text: string): unknown;
  prepare(sql: string): { run(...cells: readonly Cell[]): unknown };
  transaction<A>(work: (argument: A) => void): (argument: A) => void;
  close(): void;
}

const Sqlite = createRequire(import.meta.url)("better-sqlite3") as new (path: string) => SqliteFile;

/** A database with the tables of an archive, written by its driver alone. */
export interface RawDatabase {
  /** All rows in one transaction. */
  insert(inserts: readonly BulkInsert[]): Promise<void>;
  close(): Promise<void>;
}

/** A product that runs. */
export interface BenchProduct {
  readonly name: string;
  /** Its settings of durability. */
  readonly durability: string;
  newUrl(): string;
  /** Opens a database that an archive has made. */
  openRaw(url: string): Promise<RawDatabase>;
  stop(): void;
}

/** SQLite files; the driver is better-sqlite3. */
export function sqlite(): BenchProduct {
  const folder = mkdtempSync(join(tmpdir(), "xqbus-bench-"));
  let files = 0;
  return {
    name: "SQLite",
    durability: "journal_mode=WAL, synchronous=FULL",
    newUrl: () => `sqlite:${join(folder, `${++files}.db`)}`,
    openRaw: async (url) => {
      const db = new Sqlite(url.slice("sqlite:".length));
      db.pragma("journal_mode = WAL");
      db.pragma("synchronous = FULL");
      const insert = db.transaction((inserts: readonly BulkInsert[]) => {
        for (const { table, columns, rows } of inserts) {
          const names = Object.keys(columns);
          const statement = db.prepare(`INSERT INTO ${table}(${names.join()}) VALUES(${names.map(() => "?").join()})`);
          for (const row of rows) statement.run(...row);
        }
      });
      return { insert: async (inserts) => void insert(inserts), close: async () => void db.close() };
    },
    stop: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** A PostgreSQL of its own, or the one of `XQBUS_BENCH_POSTGRES` (its databases `bench1` and on are made); the driver is pg. */
export async function postgres(): Promise<BenchProduct> {
  const { default: pg } = await import("pg");
  const given = process.env["XQBUS_BENCH_POSTGRES"];
  const server = given === undefined ? await TestPostgres.start() : undefined;
  const client = new pg.Client(given ?? server?.url ?? "");
  await client.connect();
  const settings: string[] = [];
  for (const name of ["fsync", "synchronous_commit"]) {
    const { rows } = await client.query<Readonly<Record<string, string>>>(`SHOW ${name}`);
    settings.push(`${name}=${rows[0]?.[name] ?? ""}`);
  }
  await client.end();
  let databases = 0;
  return {
    name: "PostgreSQL",
    durability: settings.join(", "),
    newUrl: () => server?.newDatabase(`bench${++databases}`) ?? (given ?? "").replace(/[^/]*$/, `bench${++databases}`),
    openRaw: async (url) => {
      const raw = new pg.Client(url);
      await raw.connect();
      return {
        insert: async (inserts) => {
          await raw.query("BEGIN");
          for (const { table, columns, rows } of inserts) {
            const types = Object.values(columns).map((type, at) => `$${at + 1}::${type}[]`);
            const arrays: (readonly Cell[])[] = types.map((_, at) => rows.map((row) => row[at] ?? null));
            await raw.query(`INSERT INTO ${table} SELECT * FROM unnest(${types.join()})`, arrays);
          }
          await raw.query("COMMIT");
        },
        close: () => raw.end(),
      };
    },
    stop: () => server?.[Symbol.dispose](),
  };
}
