/** What a storage file is opened with; it travels to the storage thread. */
export interface StorageSetup {
  /** Path of the SQLite file; its folder exists. `-wal` lies beside it. */
  readonly path: string;
  /** Marks the file as one of this kind (`PRAGMA application_id`); a file with another mark is not touched. */
  readonly applicationId: number;
  /** SQL scripts; number n (from 1) takes a file from version n - 1 to n, in a transaction. */
  readonly migrations: readonly string[];
  /** Largest size of the file in bytes, rounded to pages; beyond it writes fail with `xqbus:store-full`. Default: unlimited. */
  readonly maxBytes?: number;
  /** How long opening waits for another process to let go, in ms. Default: 1000. */
  readonly busyTimeoutMs?: number;
}

/** Size of one page of the file in bytes: SQLite's default, fixed here since `maxBytes` is counted in them. */
export const PAGE_BYTES = 4096;
