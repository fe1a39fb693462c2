/** A row of the outbox as a relay reads it. */
export interface OutboxRow {
  readonly id: number;
  readonly message_id: string;
  readonly routing_key: string | null;
  readonly kind: OutboxKind;
  readonly made_at: string;
  /** Characters. */
  readonly size: number;
  /** Null where it is too large to be read. */
  readonly body: string | null;
}

/** A change of a row, or an event that an application has written. */
export type OutboxKind = "store" | "update" | "delete" | "event";

/** What triggers write of a change; values have their kind before them: `t` text, `b` bytes in hexadecimal digits. */
export interface ChangeBody {
  /** Domain and model. */
  readonly d: string;
  readonly m: string;
  /** The key, and what it was before. */
  readonly g: readonly (string | null)[] | null;
  readonly o?: readonly (string | null)[] | null;
  /** Columns, in portions: the values, or `masked`; null where the column is as it was. */
  readonly c: readonly Readonly<Record<string, ColumnChange>>[];
}

/** `[new]` of an insert, `[old]` of a delete, `[whether it changed, old, new]` of an update. */
export type ColumnChange = readonly (string | number | null)[] | "masked" | null;
