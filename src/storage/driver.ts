/** What SQLite keeps in a cell, as this package uses it: numbers are whole and safe. */
export type SqlValue = number | string | Uint8Array | null;

/** A row of a result: column name → value. */
export type SqlRow = Readonly<Record<string, SqlValue>>;

/** A compiled statement; parameters go in the order of their question marks. */
export interface SqlStatement {
  run(...parameters: readonly SqlValue[]): { readonly changes: number | bigint };
  all(...parameters: readonly SqlValue[]): unknown[];
}

/** An open file; one thread, one connection. */
export interface SqlConnection {
  exec(sql: string): unknown;
  prepare(sql: string): SqlStatement;
  close(): unknown;
}

/** A way to SQLite. */
export interface SqlDriver {
  /** `node:sqlite` or `better-sqlite3`. */
  readonly name: string;
  /** @throws the driver's own error; {@link storageError} gives it a code */
  readonly open: (path: string) => SqlConnection;
  /** The same for a file that must not be changed. */
  readonly openReadOnly: (path: string) => SqlConnection;
}
