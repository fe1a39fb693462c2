import { randomUUID } from "node:crypto";
import type { Sql, Transaction } from "../../database/index.ts";
import { longestDue, type DueRun } from "./due-runs.ts";
import type { Run } from "./run.ts";
import { forgetMiddle } from "./run-history.ts";
import { errorCells, RUN_COLUMNS, runOf } from "./run-rows.ts";
import type { RunTables } from "./tables.ts";

/** A run that this process may carry out until its lease ends. */
export interface ClaimedRun {
  readonly run: Run;
  readonly lease: string;
}

/** What a process wants to carry out. */
export interface Claim {
  readonly now: number;
  /** Ms. */
  readonly leaseMs: number;
  /** How many runs. */
  readonly most: number;
  /** Kinds that it can carry out. */
  readonly kinds: readonly string[];
  /** How many runs of a subject may run at the same time; others: any number. */
  readonly concurrency: ReadonlyMap<string, number>;
  /** Attempts that are kept of each run, of the first and of the last ones. */
  readonly keepAttempts: number;
  /** Leases of what this process carries out, which it does not take again although one has ended. Default: none. */
  readonly held?: readonly string[];
  /** Whether to take what somebody has had until the lease ended. Default true. */
  readonly takesLost?: boolean;
}

/** Takes runs that are due, those that are due longest first; also such whose lease has ended with their process. */
export async function claimRuns(
  transaction: Transaction<RunTables>,
  sql: Sql,
  claim: Claim,
): Promise<readonly ClaimedRun[]> {
  const { most, concurrency } = claim;
  const running = await runningOf(transaction, [...concurrency.keys()], claim);
  const claimed: ClaimedRun[] = [];
  while (claimed.length < most) {
    const full = [...concurrency].flatMap(([subject, limit]) =>
      (running.get(subject) ?? 0) >= limit ? [subject] : [],
    );
    const row = await nextRun(transaction, sql, claim, full);
    if (row === undefined) break;
    const taken = await take(transaction, row, claim);
    // Its process has said meanwhile that it goes on.
    if (taken === undefined) continue;
    running.set(row.subject, (running.get(row.subject) ?? 0) + 1);
    claimed.push(taken);
  }
  return claimed;
}

async function nextRun(
  transaction: Transaction<RunTables>,
  sql: Sql,
  { now, kinds, held = [], takesLost = true }: Claim,
  full: readonly string[],
): Promise<DueRun | undefined> {
  const found: DueRun[] = [];
  for (const kind of kinds) {
    const { rows } = await longestDue(sql, { now, kind, full, held, takesLost }).execute(transaction);
    found.push(...rows);
  }
  return found.toSorted((one, other) => (one.due_at ?? 0) - (other.due_at ?? 0))[0];
}

async function runningOf(
  transaction: Transaction<RunTables>,
  subjects: readonly string[],
  { now, held = [], takesLost = true }: Claim,
): Promise<Map<string, number>> {
  if (subjects.length === 0) return new Map();
  let query = transaction
    .selectFrom("run")
    .select((select) => ["subject", select.fn.countAll<number>().as("count")])
    .where("state", "=", "running")
    .where("subject", "in", subjects);
  // Who carries one out may not have been able to say so; what is not taken now runs, as far as anybody knows.
  if (takesLost) {
    query = query.where((where) => where.or([where("due_at", ">", now), where("lease", "in", ["", ...held])]));
  }
  const rows = await query.groupBy("subject").execute();
  return new Map(rows.map(({ subject, count }) => [subject, Number(count)]));
}

async function take(
  transaction: Transaction<RunTables>,
  { id, state, attempts, losses, first_at: firstAt, due_at: dueAt }: DueRun,
  { now, leaseMs, keepAttempts: keep }: Claim,
): Promise<ClaimedRun | undefined> {
  const isLost = state === "running";
  const lease = randomUUID();
  const row = await transaction
    .updateTable("run")
    .set({
      ...{ state: "running", lease, due_at: now + leaseMs, started_at: now, first_at: firstAt ?? now },
      attempts: attempts + 1,
      losses: losses + (isLost ? 1 : 0),
    })
    .where("id", "=", id)
    .where("due_at", "=", dueAt)
    .returning(RUN_COLUMNS)
    .executeTakeFirst();
  if (row === undefined) return undefined;
  if (isLost) {
    await transaction
      .updateTable("run_attempt")
      .set({ ended_at: now, outcome: "lost", ...errorCells(LOST) })
      .where("run", "=", id)
      .where("number", "=", attempts)
      .where("ended_at", "is", null)
      .execute();
  }
  const attempt = { run: id, number: attempts + 1, started_at: now };
  await transaction
    .insertInto("run_attempt")
    .values({ ...attempt, ended_at: null, outcome: null, error_code: null, error_message: null })
    .execute();
  await forgetMiddle(transaction, id, { attempts: attempts + 1, keep });
  return { run: runOf(row), lease };
}

/** Said of an attempt whose process died. */
export const LOST = {
  code: "xqbus:process-ended",
  message: "the process that carried it out ended, or did not say for too long that it goes on",
} as const;
