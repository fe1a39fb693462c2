import type { Kysely, Sql } from "kysely";
import type { Pool, PoolClient } from "pg";
import { bulkInsertSql } from "../bulk-insert-sql.ts";
import type { BulkInsert, Cell, Database } from "../database.ts";
import type { Hear } from "../local-signals.ts";
import { postgresError } from "./postgres-error.ts";
import type { PostgresSignals } from "./postgres-signals.ts";

/** What a {@link PostgresDatabase} is made of. */
export interface PostgresParts<S> {
  readonly name: string;
  readonly kysely: Kysely<S>;
  readonly sql: Sql;
  readonly pool: Pool;
  readonly signals: PostgresSignals;
}

/** One database of PostgreSQL. */
export class PostgresDatabase<S> implements Database<S> {
  readonly product = "postgres";
  readonly name: string;
  readonly kysely: Kysely<S>;
  readonly sql: Sql;
  readonly #pool: Pool;
  readonly #signals: PostgresSignals;
  #closing: Promise<void> | undefined;

  constructor({ name, kysely, sql, pool, signals }: PostgresParts<S>) {
    this.name = name;
    this.kysely = kysely;
    this.sql = sql;
    this.#pool = pool;
    this.#signals = signals;
  }

  async insert(inserts: readonly BulkInsert[]): Promise<void> {
    let client: PoolClient | undefined;
    let isBroken = false;
    try {
      client = await this.#pool.connect();
      const [only] = inserts;
      if (only !== undefined && inserts.length === 1) await insertInto(client, only);
      else await inTransaction(client, inserts);
    } catch (error) {
      isBroken = true;
      throw postgresError(error, this.name);
    } finally {
      client?.release(isBroken);
    }
  }

  async signal(channel: string, text = ""): Promise<void> {
    await this.sql`SELECT pg_notify(${channel}, ${text})`.execute(this.kysely);
  }

  hear(channel: string, hear: Hear): Promise<() => Promise<void>> {
    return this.#signals.hear(channel, hear);
  }

  close(): Promise<void> {
    this.#closing ??= this.#signals.close().then(() => this.#pool.end());
    return this.#closing;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}

/** When it rejects the connection is to be thrown away, and the transaction with it. */
async function inTransaction(client: PoolClient, inserts: readonly BulkInsert[]): Promise<void> {
  await client.query("BEGIN");
  for (const insert of inserts) await insertInto(client, insert);
  await client.query("COMMIT");
}

/** One array for each column: the number of parameters does not grow with the rows. */
async function insertInto(client: PoolClient, insert: BulkInsert): Promise<void> {
  const { rows, columns } = insert;
  if (rows.length === 0) return;
  const arrays: (readonly Cell[])[] = Object.keys(columns).map((_, at) => rows.map((row) => row[at] ?? null));
  await client.query(bulkInsertSql(insert, "postgres"), arrays);
}
