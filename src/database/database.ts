import type { Kysely, Sql } from "kysely";
import type { Hear } from "./local-signals.ts";

/** The products that there are. */
export type DatabaseProduct = "sqlite" | "postgres";

/** What a cell holds: whole numbers are safe integers, times are ms since 1970, flags are 0 or 1, JSON is text. */
export type Cell = string | number | Uint8Array | null;

/** SQL types of the columns of a {@link BulkInsert}, by their PostgreSQL names. */
export type ColumnType = "text" | "bigint" | "double precision" | "bytea";

/** Many rows for one table. */
export interface BulkInsert {
  readonly table: string;
  readonly columns: Readonly<Record<string, ColumnType>>;
  /** Cells in the order of the columns. */
  readonly rows: readonly (readonly Cell[])[];
  /**
   * Whether a row that is there already (by any unique key, or by the one of these columns) is left as it is; otherwise nothing is inserted,
   * and it is an error.
   */
  readonly ignoresConflicts?: boolean | readonly string[];
  /** Rows are left out unless the row that they belong to is there: their `column` is its `key`. Default: all are inserted. */
  readonly belongsTo?: { readonly column: string; readonly table: string; readonly key: string };
}

/**
 * An open database of one of the products.
 *
 * Everything that fails is an XqbusError: `xqbus:database-unavailable` (try again later), `xqbus:database-failed` (a statement is wrong
 * or a key is there already; `xqbus:store-failed` of SQLite), `xqbus:value-refused` (of values, among them those that a rule is against), `xqbus:store-full`, `xqbus:store-in-use`, `xqbus:store-damaged`.
 *
 * @typeParam S tables with their columns, as kysely has them
 */
export interface Database<S> extends AsyncDisposable {
  readonly product: DatabaseProduct;
  /** Its URL without a password. */
  readonly name: string;
  /**
   * Queries and transactions. A transaction of SQLite holds up every other write: keep it short, and use nothing but it inside of it.
   * Rows are read as of when their query begins.
   */
  readonly kysely: Kysely<S>;
  /** Makes parts of queries of SQL text: kysely's tag, which is loaded with the database only. */
  readonly sql: Sql;
  /** All rows in one transaction, with a flush of the disk at its end. */
  insert(inserts: readonly BulkInsert[]): Promise<void>;
  /** Tells those that {@link hear}, also in other processes where the product can (PostgreSQL), that there is something to look at. @param text at most 7,999 bytes; default: empty */
  signal(channel: string, text?: string): Promise<void>;
  /**
   * Is told of signals with their texts, and, with undefined, after a connection was lost and found: some may have been missed.
   *
   * @returns ends it
   */
  hear(channel: string, hear: Hear): Promise<() => Promise<void>>;
  /** Waits for what runs, up to 30 s. Again: nothing. */
  close(): Promise<void>;
}
