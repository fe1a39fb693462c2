import type { Migration } from "../database/index.ts";

/** A row of `action`. */
export interface ActionRow {
  readonly id: string;
  readonly name: string;
  readonly module: string;
  readonly function: string;
  readonly timeout_ms: number;
  readonly retry: string;
  readonly concurrency: number | null;
  readonly created_at: number;
  readonly updated_at: number;
}

/** The table of actions. */
export type ActionTables = Readonly<Record<"action", ActionRow>>;

/** Makes the table of actions. */
export const makeActionTables: Migration = async ({ kysely }) => {
  await kysely.schema
    .createTable("action")
    .addColumn("id", "text", (column) => column.primaryKey())
    .addColumn("name", "text", (column) => column.notNull().unique())
    .addColumn("module", "text", (column) => column.notNull())
    .addColumn("function", "text", (column) => column.notNull())
    .addColumn("timeout_ms", "bigint", (column) => column.notNull())
    .addColumn("retry", "text", (column) => column.notNull())
    .addColumn("concurrency", "bigint")
    .addColumn("created_at", "bigint", (column) => column.notNull())
    .addColumn("updated_at", "bigint", (column) => column.notNull())
    .execute();
};
