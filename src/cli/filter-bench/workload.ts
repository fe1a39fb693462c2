/** Filters and events that are measured together. */
export interface Workload {
  readonly filters: readonly { readonly id: string; readonly xquery: string }[];
  /** Encoded. */
  readonly events: readonly Uint8Array[];
}
