import type { PostgresCursor, PostgresPool, PostgresPoolClient, PostgresQueryResult } from "kysely";
import type { Pool, PoolClient } from "pg";
import { XqbusError } from "../../errors.ts";
import { isUnanswered } from "./postgres-error.ts";

/** The pool for kysely: a connection on which an answer is outstanding is given to nobody any more. */
export class LimitedPool implements PostgresPool {
  readonly #pool: Pool;

  constructor(pool: Pool) {
    this.#pool = pool;
  }

  async connect(): Promise<PostgresPoolClient> {
    return new LimitedClient(await this.#pool.connect());
  }

  end(): Promise<void> {
    return this.#pool.end();
  }
}

class LimitedClient implements PostgresPoolClient {
  readonly #client: PoolClient;
  /** The same one, in kysely's words. */
  readonly #queries: PostgresPoolClient;
  #isLost = false;

  constructor(client: PoolClient) {
    this.#client = client;
    this.#queries = client;
  }

  query<R>(sql: string, parameters: readonly unknown[]): Promise<PostgresQueryResult<R>>;
  query<R>(cursor: PostgresCursor<R>): PostgresCursor<R>;
  query<R>(
    sql: string | PostgresCursor<R>,
    parameters: readonly unknown[] = [],
  ): Promise<PostgresQueryResult<R>> | PostgresCursor<R> {
    if (typeof sql === "string") return this.#query<R>(sql, parameters);
    throw new XqbusError("xqbus:illegal-argument", "cursors of PostgreSQL are not read; expected a statement");
  }

  release(): void {
    this.#client.release(this.#isLost);
  }

  async #query<R>(sql: string, parameters: readonly unknown[]): Promise<PostgresQueryResult<R>> {
    // What comes after it in a transaction would only wait for the same answer.
    if (this.#isLost) throw new Error("Connection terminated: a statement before was not answered");
    try {
      return await this.#queries.query<R>(sql, [...parameters]);
    } catch (error) {
      this.#isLost = isUnanswered(error);
      throw error;
    }
  }
}
