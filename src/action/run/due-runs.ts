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

const COLUMNS = ["id", "kind", "subject", "state", "attempts", "losses", "first_at", "due_at"] as const;

/** The run of a kind that is due longest, as a query: however many wait, and be it for subjects that are full, an index leads to it. */
export function longestDue(sql: Sql, choice: DueChoice): RawBuilder<DueRun> {
  const { now, kind, full } = choice;
  const columns = sql.join(COLUMNS.map((name) => sql.ref(`run.${name}`)));
  if (full.length === 0) {
    return sql<DueRun>`SELECT ${columns} FROM run WHERE run.kind = ${kind} AND run.due_at <= ${now} AND ${isFree(sql, choice)}
      ORDER BY run.due_at, run.id LIMIT 1`;
  }
  // The first of each subject, of which there are few: one that is full may have very many before those of others. Rows are compared, as no other
  // index has that order: a planner that guesses how many runs a subject has would take one that leads past all of them.
  const first = sql`SELECT run.id FROM run
    WHERE (run.kind, run.subject, run.due_at) >= (${kind}, waiting.subject, 0)
      AND (run.kind, run.subject, run.due_at) <= (${kind}, waiting.subject, ${now}) AND ${isFree(sql, choice)}
    ORDER BY run.kind, run.subject, run.due_at, run.id LIMIT 1`;
  const next = (after: RawBuilder<unknown>): RawBuilder<unknown> => sql`SELECT run.subject FROM run
    WHERE (run.kind, run.subject) > (${kind}, ${after}) AND run.kind <= ${kind} AND run.due_at IS NOT NULL
    ORDER BY run.kind, run.subject LIMIT 1`;
  return sql<DueRun>`WITH RECURSIVE waiting(subject) AS (
      SELECT (${next(sql`''`)})
      UNION ALL
      SELECT (${next(sql`waiting.subject`)}) FROM waiting WHERE waiting.subject IS NOT NULL
    )
    SELECT ${columns} FROM waiting JOIN run ON run.id = (${first})
    WHERE waiting.subject NOT IN (${sql.join(full)}) ORDER BY run.due_at, run.id LIMIT 1`;
}

/** Nobody else has it. */
function isFree(sql: Sql, { held, takesLost }: DueChoice): RawBuilder<unknown> {
  return sql.join(
    [
      sql`run.due_at IS NOT NULL`,
      ...(takesLost ? [] : [sql`run.state <> 'running'`]),
      ...(held.length === 0 ? [] : [sql`(run.lease IS NULL OR run.lease NOT IN (${sql.join(held)}))`]),
    ],
    sql` AND `,
  );
}
