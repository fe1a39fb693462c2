import type { CompiledQuery, DatabaseConnection, QueryResult } from "kysely";
import { XqbusError } from "../../errors.ts";
import type { SqlValue, Storage } from "../../storage/index.ts";
import type { Turns } from "../../turns.ts";

/** What the connections of one file share. */
export interface SqliteThreads {
  readonly writer: Storage;
  readonly reader: Storage;
  /** Who writes: one after the other, a transaction from its beginning to its end. */
  readonly turns: Turns;
}

/** A connection as kysely sees it: reads go to a thread of their own, unless they are part of a transaction. */
export class SqliteConnection implements DatabaseConnection {
  readonly #threads: SqliteThreads;
  #endTurn: (() => void) | undefined;

  constructor(threads: SqliteThreads) {
    this.#threads = threads;
  }

  async begin(): Promise<void> {
    const { begins, end } = this.#threads.turns.take();
    await begins;
    try {
      await this.#threads.writer.begin();
      this.#endTurn = end;
    } catch (error) {
      end();
      throw error;
    }
  }

  /** When it rejects the transaction is still there, to be rolled back. */
  async commit(): Promise<void> {
    await this.#threads.writer.commit();
    this.#end();
  }

  async rollback(): Promise<void> {
    try {
      await this.#threads.writer.rollback();
    } finally {
      this.#end();
    }
  }

  async executeQuery<R>({ sql, parameters, query }: CompiledQuery): Promise<QueryResult<R>> {
    const { writer, reader, turns } = this.#threads;
    const cells = parameters.map(cellOf);
    if (this.#endTurn === undefined && query.kind === "SelectQueryNode") {
      return { rows: (await reader.read(sql, cells)) as R[] };
    }
    const run = (): ReturnType<Storage["run"]> => writer.run(sql, cells, hasRows(sql));
    const { rows, changes } = await (this.#endTurn === undefined ? turns.run(run) : run());
    return { rows: rows as R[], numAffectedRows: BigInt(changes) };
  }

  streamQuery(): never {
    throw new XqbusError("xqbus:internal", "results are read in pages, and not streamed");
  }

  #end(): void {
    this.#endTurn?.();
    this.#endTurn = undefined;
  }
}

function hasRows(sql: string): boolean {
  // What defines something may have any word in it.
  return (
    !/^\s*(?:create|drop|alter)\b/i.test(sql) && /^\s*(?:select|with|values|pragma|explain)\b|\breturning\b/i.test(sql)
  );
}

function cellOf(value: unknown): SqlValue {
  if (value === undefined || value === null) return null;
  if (typeof value === "string" || value instanceof Uint8Array) return value;
  if (typeof value === "number" && Number.isFinite(value)) return value;
  if (typeof value === "bigint" && Number.isSafeInteger(Number(value))) return Number(value);
  throw new XqbusError(
    "xqbus:internal",
    `a parameter is of type ${typeof value}; cells are text, numbers, bytes or null`,
  );
}
