import type { Migration } from "../../database/index.ts";
import type { RunAttemptOutcome, RunLogLine, RunState } from "./run.ts";

/** A row of `run`; JSON is text, flags are 0 or 1. */
export interface RunRow {
  readonly id: string;
  readonly kind: string;
  readonly subject: string;
  readonly name: string;
  readonly state: RunState;
  readonly idempotency_key: string;
  /** Empty: that of the parent. */
  readonly event: string;
  readonly started_by: string;
  readonly event_id: string | null;
  readonly parent: string | null;
  readonly step: string | null;
  readonly definition: string | null;
  readonly timeout_ms: number;
  readonly retry: string;
  readonly depth: number;
  readonly attempts: number;
  readonly failures: number;
  readonly losses: number;
  readonly output: string | null;
  readonly error_code: string | null;
  readonly error_message: string | null;
  readonly created_at: number;
  readonly first_at: number | null;
  readonly started_at: number | null;
  readonly ended_at: number | null;
  readonly due_at: number | null;
  /** Who has it: another text for each time that somebody takes it. */
  readonly lease: string | null;
  readonly is_cancelled: number;
}

/** A row of `run_attempt`. */
export interface RunAttemptRow {
  readonly run: string;
  readonly number: number;
  readonly started_at: number;
  readonly ended_at: number | null;
  readonly outcome: RunAttemptOutcome | null;
  readonly error_code: string | null;
  readonly error_message: string | null;
}

/** A row of `run_log`. */
export interface RunLogRow {
  readonly run: string;
  readonly attempt: number;
  /** From 1 in each attempt. */
  readonly number: number;
  readonly at: number;
  readonly level: RunLogLine["level"];
  readonly text: string;
}

/** The tables of runs. */
export interface RunTables {
  readonly run: RunRow;
  readonly run_attempt: RunAttemptRow;
  readonly run_log: RunLogRow;
}

/** Makes the tables of runs. */
export const makeRunTables: Migration = async ({ kysely }) => {
  const { schema } = kysely;
  let run = schema.createTable("run").addColumn("id", "text", (column) => column.primaryKey());
  for (const name of ["kind", "subject", "name", "state", "idempotency_key", "event", "started_by", "retry"]) {
    run = run.addColumn(name, "text", (column) => column.notNull());
  }
  for (const name of ["event_id", "parent", "step", "definition", "output", "error_code", "error_message", "lease"]) {
    run = run.addColumn(name, "text");
  }
  for (const name of ["timeout_ms", "depth", "attempts", "failures", "losses", "created_at", "is_cancelled"]) {
    run = run.addColumn(name, "bigint", (column) => column.notNull());
  }
  for (const name of ["first_at", "started_at", "ended_at", "due_at"]) run = run.addColumn(name, "bigint");
  await run.execute();
  const unique = (name: string, ...columns: string[]) =>
    schema.createIndex(name).on("run").unique().columns(columns).execute();
  await unique("run_by_key", "subject", "idempotency_key");
  // Nothing equals NULL: runs without parent are as many as there are.
  await unique("run_by_step", "parent", "step");
  for (const [name, ...columns] of INDEXES) await schema.createIndex(name).on("run").columns(columns).execute();
  await schema
    .createTable("run_attempt")
    .addColumn("run", "text", (column) => column.notNull())
    .addColumn("number", "bigint", (column) => column.notNull())
    .addColumn("started_at", "bigint", (column) => column.notNull())
    .addColumn("ended_at", "bigint")
    .addColumn("outcome", "text")
    .addColumn("error_code", "text")
    .addColumn("error_message", "text")
    .addPrimaryKeyConstraint("run_attempt_key", ["run", "number"])
    .execute();
  await schema
    .createTable("run_log")
    .addColumn("run", "text", (column) => column.notNull())
    .addColumn("attempt", "bigint", (column) => column.notNull())
    .addColumn("number", "bigint", (column) => column.notNull())
    .addColumn("at", "bigint", (column) => column.notNull())
    .addColumn("level", "text", (column) => column.notNull())
    .addColumn("text", "text", (column) => column.notNull())
    .addPrimaryKeyConstraint("run_log_key", ["run", "attempt", "number"])
    .execute();
};

/** Makes the index by which runs are taken: of those that are due by time only, which are few. */
export const makeTurnIndex: Migration = async ({ kysely }) => {
  const index = kysely.schema.createIndex("run_by_turn").on("run").columns(["kind", "due_at", "id"]);
  await index.where("due_at", "is not", null).execute();
};

/** Makes the index by which runs are taken where some subjects are full: it leads from one subject to the next. */
export const makeSubjectTurnIndex: Migration = async ({ kysely }) => {
  const index = kysely.schema.createIndex("run_by_subject_turn").on("run").columns(["kind", "subject", "due_at", "id"]);
  await index.where("due_at", "is not", null).execute();
};

const INDEXES: readonly (readonly [name: string, ...columns: string[]])[] = [
  ["run_by_due", "due_at"],
  ["run_by_state", "state", "subject"],
  ["run_by_subject", "subject", "created_at"],
  ["run_by_age", "created_at"],
  ["run_by_event", "event_id"],
  ["run_by_end", "ended_at"],
];
