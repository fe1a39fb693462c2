import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { POSTGRES, TestPostgres } from "./postgres.ts";
import { SQLITE, type Requirement } from "./requirements.ts";

/** A product that runs. */
export interface RunningProduct {
  /** The URL of an empty database. */
  newUrl(): string;
  stop(): void;
}

/** A product of databases for a test file. */
export interface DatabaseProductUnderTest {
  readonly name: string;
  readonly requirement: Requirement;
  start(): Promise<RunningProduct>;
}

/** The products that all tests of tables run on. */
export const DATABASE_PRODUCTS: readonly DatabaseProductUnderTest[] = [
  {
    name: "SQLite",
    requirement: SQLITE,
    start: async () => {
      const folder = mkdtempSync(join(tmpdir(), "xqbus-sql-"));
      let files = 0;
      return {
        newUrl: () => `sqlite:${join(folder, `${++files}.db`)}`,
        stop: () => rmSync(folder, { recursive: true, force: true }),
      };
    },
  },
  {
    name: "PostgreSQL",
    requirement: POSTGRES,
    start: async () => {
      const server = await TestPostgres.start();
      let databases = 0;
      return { newUrl: () => server.newDatabase(`d${++databases}`), stop: () => server[Symbol.dispose]() };
    },
  },
];
