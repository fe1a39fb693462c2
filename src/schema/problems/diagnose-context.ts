import type { ComponentTable } from "../model/component-table.ts";

/** What judging a document needs to know of the catalog. */
export interface DiagnoseContext {
  /** The catalog's namespace. */
  readonly namespace: string;
  /** Sorted. */
  readonly eventNames: readonly string[];
  readonly table: ComponentTable;
  /** Problems that are listed at most. */
  readonly maxProblems: number;
}
