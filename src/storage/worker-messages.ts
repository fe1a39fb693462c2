import type { PackedWrites } from "./packed-write.ts";
import type { SqlRow, SqlValue } from "./driver.ts";

/** One statement, run once for each row of parameters. */
export interface SqlWrite {
  readonly sql: string;
  readonly rows: readonly (readonly SqlValue[])[];
}

/** What the storage thread is asked for; it works in the order of arrival. */
export type StorageRequest = StorageQuestion | StoragePart;

/** What is answered. */
export type StorageQuestion =
  | { readonly kind: "write"; readonly id: number; readonly writes: readonly SqlWrite[] }
  | { readonly kind: "packed-write"; readonly id: number; readonly packed: PackedWrites }
  | { readonly kind: "read"; readonly id: number; readonly sql: string; readonly parameters: readonly SqlValue[] }
  | StatementRequest
  | { readonly kind: "begin" | "commit" | "rollback"; readonly id: number }
  | { readonly kind: "close"; readonly id: number };

/** One statement; outside of a transaction that its caller has begun, one of its own. */
export interface StatementRequest {
  readonly kind: "run";
  readonly id: number;
  readonly sql: string;
  readonly parameters: readonly SqlValue[];
  /** Whether it answers with rows: otherwise with the number of those that it changed. */
  readonly hasRows: boolean;
}

/** The beginning of the transaction that the next write ends; the answer to that write is the answer to both. */
export interface StoragePart {
  readonly kind: "part";
  readonly writes: readonly SqlWrite[] | PackedWrites;
}

/** The answer to the request with the same number; the one to opening the file has number 0. */
export interface StorageAnswer {
  readonly id: number;
  readonly rows?: readonly SqlRow[];
  /** Rows that a statement without rows of its own has changed. */
  readonly changes?: number;
  readonly error?: { readonly code: string; readonly message: string };
}
