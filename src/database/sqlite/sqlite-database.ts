import type { Kysely, Sql } from "kysely";
import { bulkInsertSql } from "../bulk-insert-sql.ts";
import type { BulkInsert, Database } from "../database.ts";
import { LocalSignals, type Hear } from "../local-signals.ts";
import type { SqliteThreads } from "./sqlite-connection.ts";

/** One SQLite file. */
export class SqliteDatabase<S> implements Database<S> {
  readonly product = "sqlite";
  readonly name: string;
  readonly kysely: Kysely<S>;
  readonly sql: Sql;
  readonly #threads: SqliteThreads;
  readonly #signals = new LocalSignals();

  constructor(name: string, kysely: Kysely<S>, sql: Sql, threads: SqliteThreads) {
    this.name = name;
    this.kysely = kysely;
    this.sql = sql;
    this.#threads = threads;
  }

  insert(inserts: readonly BulkInsert[]): Promise<void> {
    const { writer, turns } = this.#threads;
    return turns.run(() =>
      writer.write(inserts.map((insert) => ({ sql: bulkInsertSql(insert, "sqlite"), rows: insert.rows }))),
    );
  }

  async signal(channel: string, text = ""): Promise<void> {
    this.#signals.signal(channel, text);
  }

  async hear(channel: string, hear: Hear): Promise<() => Promise<void>> {
    const end = this.#signals.hear(channel, hear);
    return async () => void end();
  }

  async close(): Promise<void> {
    const { reader, writer } = this.#threads;
    await reader.close();
    await writer.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}
