import type { Kysely, Sql } from "kysely";
import type { XqbusError } from "../errors.ts";
import type { DatabaseProduct } from "./database.ts";

/** What a migration works with; `kysely` is in a transaction. */
export interface MigrationTools {
  readonly kysely: Kysely<unknown>;
  readonly sql: Sql;
  readonly product: DatabaseProduct;
}

/** One step of making our tables. */
export type Migration = (tools: MigrationTools) => Promise<void>;

/** What makes the tables of one part. */
export interface Migrations {
  /** The tables `<name>_migration` and `<name>_migration_lock` keep which steps are done. */
  readonly name: string;
  /** By their names, in whose order they are done (`001-…`); each is one transaction. */
  readonly steps: Readonly<Record<string, Migration>>;
}

/** How a database is opened. */
export interface DatabaseOptions {
  /** What makes our tables. Left out: the tables are somebody else's. */
  readonly migrations?: Migrations;
  /** Whether an SQLite file is made that is not there, readable for its owner only. Default: with migrations. */
  readonly makesFile?: boolean;
  /** Whether the product refuses everything that writes. Without migrations only. Default false. */
  readonly readOnly?: boolean;
  /** Folder that relative paths of SQLite files start at. Default: the working folder. */
  readonly folder?: string;
  /** The schema of PostgreSQL that all tables are in; it is made when it is not there. Default: that of the user. SQLite has none. */
  readonly schema?: string;
  /** Connections of PostgreSQL at the same time. Default: 10. */
  readonly maxConnections?: number;
  /** Longest wait for a connection, or for a lock of SQLite, in ms. Default: 10000. */
  readonly connectTimeoutMs?: number;
  /** Longest statement of PostgreSQL in ms; 0: unlimited. Default: 60000. */
  readonly statementTimeoutMs?: number;
  /**
   * Longest wait for the answer to a statement of PostgreSQL in ms, by the clock of this process; 0: unlimited. Its connection is given up then: a server that
   * is gone without a word does not answer. Default: `statementTimeoutMs` and 5000 more.
   */
  readonly answerTimeoutMs?: number;
  /** From one look at whether the connection for signals of PostgreSQL is alive to the next in ms, and as long it has to answer. Default: 5000. */
  readonly signalCheckMs?: number;
  /** Largest size of an SQLite file in bytes. Default: unlimited. */
  readonly maxBytes?: number;
  /** Told when an idle connection is lost, which the next use opens again. */
  readonly onError?: (error: XqbusError) => void;
}
