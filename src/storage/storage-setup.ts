/** What a storage file is opened with; it travels to the storage thread. */
export interface StorageSetup {
  /** Path of the SQLite file; its folder exists. `-wal` lies beside it. */
  readonly path: string;
  /**
   * Marks the file as one of this kind (`PRAGMA application_id`); a file with another mark is not touched. Left out: whose file it is, is
   * not looked at.
   */
  readonly applicationId?: number;
  /** SQL scripts; number n (from 1) takes a file from version n - 1 to n, in a transaction. Default: none. */
  readonly migrations?: readonly string[];
  /** Who else has the file. Default: `exclusive`. */
  readonly use?: StorageUse;
  /** Largest size of the file in bytes, rounded to pages; beyond it writes fail with `xqbus:store-full`. Default: unlimited. */
  readonly maxBytes?: number;
  /** How long opening waits for another process to let go, in ms. Default: 1000. */
  readonly busyTimeoutMs?: number;
}

/**
 * - `exclusive`: nobody; the file is locked until it is closed, and its structure is checked.
 * - `shared`: other connections, of this process or others; the file is ours.
 * - `foreign`: the file is of another program, and stays as it has made it: its journal mode, its page size.
 * - `reader`: nothing is written, by this connection.
 */
export type StorageUse = "exclusive" | "shared" | "foreign" | "reader";

/** Size of one page of the file in bytes: SQLite's default, fixed here since `maxBytes` is counted in them. */
export const PAGE_BYTES = 4096;
