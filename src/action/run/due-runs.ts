import type { RawBuilder, Sql } from "../../database/index.ts";
import type { RunRow } from "./tables.ts";

/** What taking a run needs to know of it. */
export type DueRun = Pick<RunRow, "id" | "kind" | "subject" | "state" | "attempts" | "losses" | "first_at" | "due_at">;

/** Which run of a kind is to be taken next. */
export interface DueChoice {
  readonly now: number;
  readonly kind: string;
  /** Subjects that run as often as they may. */
  readonly full: readonly string[];
  /** Leases whose runs are left alone. */
  readonly held: readonly string[];
  /** Whether what somebody had until the lease ended counts. */
  readonly takesLost: boolean;
}

/** The run of a kind that is due longest, as a query: however many wait, the index `run_by_turn` leads to it, past those of full subjects. */
export function longestDue(sql: Sql, choice: DueChoice): RawBuilder<DueRun> {
  const { now, kind, full, held, takesLost } = choice;
  const columns = sql`run.id, run.kind, run.subject, run.state, run.attempts, run.losses, run.first_at, run.due_at`;
  const takeable = sql.join(
    [
      sql`run.kind = ${kind} AND run.due_at <= ${now}`,
      ...(full.length === 0 ? [] : [sql`run.subject NOT IN (${sql.join(full)})`]),
      ...(takesLost ? [] : [sql`run.state <> 'running'`]),
      ...(held.length === 0 ? [] : [sql`(run.lease IS NULL OR run.lease NOT IN (${sql.join(held)}))`]),
    ],
    sql` AND `,
  );
  return sql<DueRun>`SELECT ${columns} FROM run WHERE ${takeable} ORDER BY run.due_at, run.id LIMIT 1`;
}
