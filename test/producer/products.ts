import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chooseDriver } from "../../src/storage/index.ts";
import { openDatabase, type Database } from "../../src/database/index.ts";
import { POSTGRES, TestPostgres } from "../helpers/postgres.ts";
import { SQLITE, type Requirement } from "../helpers/requirements.ts";

/** A product of databases, with what differs between the two in a test. */
export interface Product {
  readonly name: "SQLite" | "PostgreSQL";
  readonly requirement: Requirement;
  readonly bytes: string;
  readonly start: () => Promise<RunningProduct>;
}

export interface RunningProduct {
  /** A new empty database. */
  readonly open: () => Promise<TestDatabase>;
  readonly stop: () => void;
}

export interface TestDatabase extends AsyncDisposable {
  readonly url: string;
  readonly database: Database<unknown>;
  /** Runs statements one after the other. */
  readonly run: (...statements: readonly string[]) => Promise<void>;
  readonly rows: (query: string) => Promise<readonly unknown[]>;
}

export const PRODUCTS: readonly Product[] = [
  {
    ...{ name: "SQLite", requirement: SQLITE, bytes: "blob" },
    start: async () => {
      const folder = mkdtempSync(join(tmpdir(), "xqbus-producer-"));
      const driver = chooseDriver();
      let files = 0;
      return {
        open: async () => {
          const path = join(folder, `crm.${++files}.db`);
          const connection = driver.open(path);
          connection.exec("PRAGMA journal_mode=WAL");
          connection.close();
          return testDatabase(`sqlite:${path}`);
        },
        stop: () => rmSync(folder, { recursive: true, force: true }),
      };
    },
  },
  {
    ...{ name: "PostgreSQL", requirement: POSTGRES, bytes: "bytea" },
    start: async () => {
      const server = await TestPostgres.start();
      let databases = 0;
      return {
        open: () => testDatabase(server.newDatabase(`crm${++databases}`)),
        stop: () => server[Symbol.dispose](),
      };
    },
  },
];

async function testDatabase(url: string): Promise<TestDatabase> {
  const database = await openDatabase<unknown>(url);
  const { sql, kysely } = database;
  return {
    ...{ url, database },
    run: async (...statements) => {
      for (const statement of statements) await sql.raw(statement).execute(kysely);
    },
    rows: async (query) => (await sql.raw(query).execute(kysely)).rows,
    [Symbol.asyncDispose]: () => database.close(),
  };
}
