import { assertInteger, illegalOption } from "../../assert-option.ts";
import type { Kysely, Transaction } from "../../database/index.ts";
import { errorOf } from "./run-rows.ts";
import type { RunAttempt, RunLogLine, RunLogPage, RunLogQuery } from "./run.ts";
import type { RunTables } from "./tables.ts";

/** Lines of a page at most. */
const MAX_LINES = 500;

/** Forgets what is neither of the first nor of the last attempts of a run that is retried for long. @param keep how many of both */
export async function forgetMiddle(
  transaction: Transaction<RunTables>,
  run: string,
  { attempts, keep }: { readonly attempts: number; readonly keep: number },
): Promise<void> {
  const last = attempts - keep;
  if (last <= keep) return;
  const lines = transaction.deleteFrom("run_log").where("run", "=", run);
  await lines.where("attempt", ">", keep).where("attempt", "<=", last).execute();
  const middle = transaction.deleteFrom("run_attempt").where("run", "=", run);
  await middle.where("number", ">", keep).where("number", "<=", last).execute();
}

/** The attempts that are kept, the first one first. */
export async function readAttempts(kysely: Kysely<RunTables>, run: string): Promise<readonly RunAttempt[]> {
  const rows = await kysely.selectFrom("run_attempt").selectAll().where("run", "=", run).orderBy("number").execute();
  return rows.map((row) => ({
    number: row.number,
    startedAt: row.started_at,
    endedAt: row.ended_at ?? undefined,
    outcome: row.outcome ?? undefined,
    error: errorOf(row),
  }));
}

/** Attempts that are left out between two that are there. */
export interface AttemptGap {
  readonly first: number;
  readonly last: number;
  /** Ms since 1970; when the one after them began. */
  readonly until: number;
  /** For people. */
  readonly text: string;
}

/** What was left out of the attempts of a run, the first one first. */
export function attemptGaps(attempts: readonly Pick<RunAttempt, "number" | "startedAt">[]): readonly AttemptGap[] {
  return attempts.flatMap(({ number, startedAt }, index) => {
    const first = (attempts[index - 1]?.number ?? 0) + 1;
    if (number === first) return [];
    const last = number - 1;
    const text = `attempts ${first} to ${last} are left out`;
    return [{ first, last, until: startedAt, text }];
  });
}

/** @throws XqbusError `xqbus:illegal-argument` */
export async function readLogs(
  kysely: Kysely<RunTables>,
  run: string,
  { after = "0.0", limit = MAX_LINES }: RunLogQuery,
): Promise<RunLogPage> {
  assertInteger(limit, "limit", 1, MAX_LINES);
  const [attempt, number] = placeOf(after);
  const rows = await kysely
    .selectFrom("run_log")
    .selectAll()
    .where("run", "=", run)
    .where((where) =>
      where.or([
        where("attempt", ">", attempt),
        where.and([where("attempt", "=", attempt), where("number", ">", number)]),
      ]),
    )
    .orderBy("attempt")
    .orderBy("number")
    .limit(limit + 1)
    .execute();
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  const gaps = attemptGaps(await readAttempts(kysely, run));
  const lines = page.flatMap((row, index): readonly RunLogLine[] => {
    const before = page[index - 1]?.attempt ?? attempt;
    const left = gaps.filter((gap) => before < gap.first && gap.last < row.attempt);
    const { at, level, text } = row;
    return [
      ...left.map((gap) => ({ attempt: gap.first, at: gap.until, level: "info" as const, text: gap.text })),
      { attempt: row.attempt, at, level, text },
    ];
  });
  const isMore = rows.length > limit && last !== undefined;
  return { items: lines, ...(isMore ? { next: `${last.attempt}.${last.number}` } : {}) };
}

function placeOf(after: string): readonly [attempt: number, number: number] {
  const [, attempt, number] = /^(\d{1,15})\.(\d{1,15})$/.exec(after) ?? [];
  if (attempt !== undefined && number !== undefined) return [Number(attempt), Number(number)];
  throw illegalOption(`after must be what "next" of the page before was, such as "3.120", got "${after.slice(0, 60)}"`);
}
