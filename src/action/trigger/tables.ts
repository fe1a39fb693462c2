import type { Migration } from "../../database/index.ts";

/** A row of `action_trigger`: a schedule, or another action after which one is started. */
export interface TriggerRow {
  readonly id: string;
  readonly kind: "schedule" | "action";
  /** Id of the action or workflow that it starts. */
  readonly subject: string;
  /** The other members of the trigger, as JSON. */
  readonly definition: string;
  /** Of `action`: id of the action or workflow that is watched. */
  readonly watched: string | null;
  /** Of `schedule`: ms since 1970 of the time that comes next. */
  readonly next_at: number | null;
  readonly created_at: number;
}

/** The table of triggers. */
export type TriggerTables = Readonly<Record<"action_trigger", TriggerRow>>;

/** Makes the table of triggers. */
export const makeTriggerTables: Migration = async ({ kysely }) => {
  await kysely.schema
    .createTable("action_trigger")
    .addColumn("id", "text", (column) => column.primaryKey())
    .addColumn("kind", "text", (column) => column.notNull())
    .addColumn("subject", "text", (column) => column.notNull())
    .addColumn("definition", "text", (column) => column.notNull())
    .addColumn("watched", "text")
    .addColumn("next_at", "bigint")
    .addColumn("created_at", "bigint", (column) => column.notNull())
    .execute();
  for (const column of ["watched", "next_at"]) {
    await kysely.schema.createIndex(`action_trigger_by_${column}`).on("action_trigger").column(column).execute();
  }
};
