import type { Migrations } from "../database-options.ts";

/** A table that is copied row by row. */
export interface CopiedTable {
  readonly name: string;
  /** Columns by which a row is the same one in both databases. */
  readonly key: readonly string[];
  /** Rows at a time; fewer where they are large. Default 500. */
  readonly pageRows?: number;
}

/** Rows that agree on some columns must agree on others, or they are different things of one name. */
export interface Agreement {
  readonly table: string;
  readonly by: readonly string[];
  readonly same: readonly string[];
  /** How many rows are looked at, the first ones by `by`. Default 10,000. */
  readonly rows?: number;
}

/** The tables of one part of a daemon, which can move from a file to a PostgreSQL that daemons share. */
export interface MovableTables {
  /** What is in them, for people. */
  readonly title: string;
  /** The SQLite file in the folder of a daemon. */
  readonly file: string;
  /** The schema of PostgreSQL that they are in; without it, that of the user. */
  readonly schema?: string;
  /** What has made the tables of the file, by which an older release is told: steps, or the scripts of a storage file. */
  readonly madeBy: Migrations | readonly string[];
  readonly tables: readonly CopiedTable[];
  readonly agreements: readonly Agreement[];
  /**
   * The one cell that tells whose rows these are. It is taken over as long as the tables of the new database are empty; later it has to be the same.
   */
  readonly mark?: { readonly table: string; readonly column: string };
  /** Makes the tables where they are not there. */
  readonly make: (url: string) => Promise<void>;
}

/** How the new database calls a table. */
export function movedName({ schema }: Pick<MovableTables, "schema">, table: string): string {
  return schema === undefined ? table : `${schema}.${table}`;
}
