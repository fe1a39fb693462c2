import type { Migration } from "../../database/index.ts";

/** A row of `workflow`; the definition is JSON. */
export interface WorkflowRow {
  readonly id: string;
  readonly name: string;
  readonly definition: string;
  readonly created_at: number;
  readonly updated_at: number;
}

/** The table of workflows. */
export interface WorkflowTables {
  readonly workflow: WorkflowRow;
}

/** Makes the table of workflows. */
export const makeWorkflowTables: Migration = async ({ kysely }) => {
  await kysely.schema
    .createTable("workflow")
    .addColumn("id", "text", (column) => column.primaryKey())
    .addColumn("name", "text", (column) => column.notNull().unique())
    .addColumn("definition", "text", (column) => column.notNull())
    .addColumn("created_at", "bigint", (column) => column.notNull())
    .addColumn("updated_at", "bigint", (column) => column.notNull())
    .execute();
};
