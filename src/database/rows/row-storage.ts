import type { SqlRow, SqlValue, SqlWrite } from "../../storage/index.ts";

/**
 * Where rows are that belong to one process, in a file, or to several, in PostgreSQL: the same statements, in words of SQLite. `Storage` is
 * one; {@link openPostgresRows} opens the other kind.
 */
export interface RowStorage {
  read(sql: string, parameters?: readonly SqlValue[]): Promise<readonly SqlRow[]>;
  /** All of it or nothing; it is on disk when it resolves. */
  write(writes: readonly SqlWrite[]): Promise<void>;
  close(): Promise<void>;
}
