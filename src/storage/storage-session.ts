import type { SqlConnection, SqlDriver, SqlRow, SqlStatement } from "./driver.ts";
import { openConnection } from "./open-connection.ts";
import { PackedRows } from "./packed-write.ts";
import { ROWS_AT_ONCE, severalRows } from "./several-rows.ts";
import { storageError } from "./storage-error.ts";
import type { StorageSetup } from "./storage-setup.ts";
import type { SqlWrite, StorageAnswer, StorageRequest } from "./worker-messages.ts";

/** Statements kept compiled; a caller that composes SQL from values would have too many. */
const MAX_STATEMENTS = 200;

/** One open file and its requests: what the storage thread does. Never throws: an answer carries the error. */
export class StorageSession {
  readonly #path: string;
  readonly #connection: SqlConnection;
  readonly #statements = new Map<string, SqlStatement>();

  /** @throws XqbusError as {@link openConnection} does */
  constructor(setup: StorageSetup, driver: SqlDriver) {
    this.#path = setup.path;
    this.#connection = openConnection(setup, driver);
  }

  /** Does what is asked; a write is on disk when this returns without an error. */
  answer(request: StorageRequest): StorageAnswer {
    const { id } = request;
    try {
      switch (request.kind) {
        case "write":
          this.#inTransaction(() => this.#write(request.writes));
          return { id };
        case "packed-write":
          this.#inTransaction(() => PackedRows.of(request.packed).forEach((rows) => this.#run(rows)));
          return { id };
        case "read":
          return { id, rows: this.#statement(request.sql).all(...request.parameters) as SqlRow[] };
        case "close":
          this.#connection.close();
          return { id };
      }
    } catch (error) {
      const { code, message } = storageError(error, this.#path);
      return { id, error: { code, message } };
    }
  }

  #write(writes: readonly SqlWrite[]): void {
    for (const { sql, rows } of writes) {
      const statement = this.#statement(sql);
      for (const row of rows) statement.run(...row);
    }
  }

  #run(rows: PackedRows): void {
    const several = rows.left < ROWS_AT_ONCE ? undefined : severalRows(rows.sql);
    if (several !== undefined) {
      const statement = this.#statement(several);
      while (rows.left >= ROWS_AT_ONCE) statement.run(...rows.take(ROWS_AT_ONCE));
    }
    if (rows.left === 0) return;
    const statement = this.#statement(rows.sql);
    while (rows.left > 0) statement.run(...rows.take(1));
  }

  #inTransaction(write: () => void): void {
    this.#connection.exec("BEGIN IMMEDIATE");
    try {
      write();
      this.#connection.exec("COMMIT");
    } catch (error) {
      this.#rollBack();
      throw error;
    }
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
