import type { SqlConnection, SqlDriver, SqlRow, SqlStatement, SqlValue } from "./driver.ts";
import { openConnection } from "./open-connection.ts";
import { PackedRows } from "./packed-write.ts";
import { ROWS_AT_ONCE, severalRows } from "./several-rows.ts";
import { storageError } from "./storage-error.ts";
import { PAGE_BYTES } from "./storage-setup.ts";
import type { StorageSetup } from "./storage-setup.ts";
import type { StatementRequest, StorageAnswer, StoragePart, StorageQuestion } from "./worker-messages.ts";

/** Statements kept compiled; a caller that composes SQL from values would have too many. */
const MAX_STATEMENTS = 200;
/** What the log may hold, about, before {@link StorageSession.tidy} empties it: as much as SQLite's default of 1000 pages. */
const LOG_BYTES: number = 1000 * PAGE_BYTES;
/** What a transaction puts into the log at least: a page for each of some tables. */
const TRANSACTION_BYTES: number = 3 * PAGE_BYTES;
/** What a row takes besides its long values, about. */
const ROW_BYTES = 100;

/** One open file and its requests: what the storage thread does. Never throws: an answer carries the error. */
export class StorageSession {
  readonly #path: string;
  readonly #connection: SqlConnection;
  readonly #statements = new Map<string, SqlStatement>();
  readonly #begin: SqlStatement;
  readonly #commit: SqlStatement;
  /** Whether a transaction has begun that the next write ends. */
  #isOpen = false;
  /** What was written since the log was emptied, about. */
  #logBytes = 0;
  /** Why the beginning of that transaction failed. */
  #failure: { readonly error: unknown } | undefined;

  /** @throws XqbusError as {@link openConnection} does */
  constructor(setup: StorageSetup, driver: SqlDriver) {
    this.#path = setup.path;
    this.#connection = openConnection(setup, driver);
    this.#begin = this.#connection.prepare("BEGIN IMMEDIATE");
    this.#commit = this.#connection.prepare("COMMIT");
  }

  /**
   * To be called after an answer is sent: what the log holds goes into the file when it has become much. A commit would do that before it
   * is answered, and whoever waits for the answer would wait for two more flushes.
   */
  tidy(): void {
    if (this.#logBytes < LOG_BYTES || this.#isOpen) return;
    this.#logBytes = 0;
    try {
      this.#connection.exec("PRAGMA wal_checkpoint(PASSIVE)");
    } catch {
      // What is wrong with the disk is told by the next write; the log keeps what it has.
    }
  }

  /** Does the beginning of a transaction; what goes wrong is told by the answer to the write that ends it. */
  take({ writes }: StoragePart): void {
    if (this.#failure !== undefined) return;
    try {
      this.#write(writes);
    } catch (error) {
      this.#failure = { error };
    }
  }

  /** Does what is asked; a write is on disk when this returns without an error. */
  answer(request: StorageQuestion): StorageAnswer {
    const { id } = request;
    try {
      switch (request.kind) {
        case "write":
          this.#finish(request.writes);
          return { id };
        case "packed-write":
          this.#finish(request.packed);
          return { id };
        case "read":
          return { id, rows: this.#statement(request.sql).all(...request.parameters) as SqlRow[] };
        case "run":
          return { id, ...this.#runOne(request) };
        case "begin":
          this.#begin.run();
          this.#isOpen = true;
          this.#logBytes += TRANSACTION_BYTES;
          return { id };
        case "commit":
          this.#isOpen = false;
          this.#commit.run();
          return { id };
        case "rollback":
          this.#isOpen = false;
          this.#rollBack();
          return { id };
        case "close":
          this.#connection.close();
          return { id };
      }
    } catch (error) {
      const { code, message } = storageError(error, this.#path);
      return { id, error: { code, message } };
    }
  }

  #runOne({ sql, parameters, hasRows }: StatementRequest): Pick<StorageAnswer, "rows" | "changes"> {
    const statement = this.#statement(sql);
    if (!this.#isOpen) this.#logBytes += TRANSACTION_BYTES;
    this.#logBytes += ROW_BYTES + bytesOf(parameters);
    if (hasRows) return { rows: statement.all(...parameters) as SqlRow[] };
    return { rows: [], changes: Number(statement.run(...parameters).changes) };
  }

  /** Ends the transaction with these writes: all of it is on disk, or nothing. */
  #finish(writes: StoragePart["writes"]): void {
    const failure = this.#failure;
    this.#failure = undefined;
    try {
      if (failure !== undefined) throw failure.error;
      this.#write(writes);
      this.#commit.run();
    } catch (error) {
      this.#rollBack();
      throw error;
    } finally {
      this.#isOpen = false;
    }
  }

  #write(writes: StoragePart["writes"]): void {
    if (!this.#isOpen) {
      this.#begin.run();
      this.#isOpen = true;
      this.#logBytes += TRANSACTION_BYTES;
    }
    if ("statements" in writes) return PackedRows.of(writes).forEach((rows) => this.#run(rows));
    for (const { sql, rows } of writes) {
      const statement = this.#statement(sql);
      this.#logBytes += rows.length * ROW_BYTES;
      for (const row of rows) this.#execute(statement, row);
    }
  }

  #run(rows: PackedRows): void {
    this.#logBytes += rows.left * ROW_BYTES;
    const several = rows.left < ROWS_AT_ONCE ? undefined : severalRows(rows.sql);
    if (several !== undefined) {
      const statement = this.#statement(several);
      while (rows.left >= ROWS_AT_ONCE) this.#execute(statement, rows.take(ROWS_AT_ONCE));
    }
    if (rows.left === 0) return;
    const statement = this.#statement(rows.sql);
    while (rows.left > 0) this.#execute(statement, rows.take(1));
  }

  #execute(statement: SqlStatement, parameters: readonly SqlValue[]): void {
    statement.run(...parameters);
    this.#logBytes += bytesOf(parameters);
  }

  #rollBack(): void {
    try {
      this.#connection.exec("ROLLBACK");
    } catch {
      // SQLite has rolled back by itself, as it does when the disk is full.
    }
  }

  #statement(sql: string): SqlStatement {
    let statement = this.#statements.get(sql);
    if (statement === undefined) {
      if (this.#statements.size >= MAX_STATEMENTS) this.#statements.clear();
      statement = this.#connection.prepare(sql);
      this.#statements.set(sql, statement);
    }
    return statement;
  }
}

function bytesOf(parameters: readonly SqlValue[]): number {
  let bytes = 0;
  for (const value of parameters) {
    if (typeof value === "string" || value instanceof Uint8Array) bytes += value.length;
  }
  return bytes;
}
