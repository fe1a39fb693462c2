import { assertInteger } from "../../assert-option.ts";
import type { Database } from "../../database/index.ts";
import { claimRuns, type Claim, type ClaimedRun } from "./run-claims.ts";
import { RunChanges, type RunEndHook } from "./run-changes.ts";
import { readData, readEvent, readJson, readRun } from "./run-data.ts";
import { readAttempts, readLogs } from "./run-history.ts";
import { pageOf, type RunPage } from "./run-page.ts";
import { RUN_COLUMNS, runOf } from "./run-rows.ts";
import type {
  ActionEvent,
  NewRun,
  Run,
  RunAttempt,
  RunLogLine,
  RunLogPage,
  RunLogQuery,
  RunQuery,
  RunState,
  RunWithData,
} from "./run.ts";
import type { RunRow, RunTables } from "./tables.ts";

/** Bounds of a queue. */
export interface RunQueueOptions {
  /** Bytes of JSON of an input. Default 4 MiB. */
  readonly maxInputBytes?: number;
  /** Bytes of JSON of an output. Default 1 MiB. */
  readonly maxOutputBytes?: number;
  /** Attempts of a run that are kept with their lines: so many of the first ones, and of the last ones. Default 10. */
  readonly keepAttempts?: number;
  /** Bytes of JSON of a page of runs, or of what is told of them. Default 4 MiB. */
  readonly maxAnswerBytes?: number;
  /** Ms since 1970. Default: the machine's; processes of one database need clocks that agree within a second or so. */
  readonly now?: () => number;
}

/** How many runs of each kind are in which state, and since when the oldest waits that could begin. */
export interface RunCounts {
  readonly runs: readonly { readonly kind: string; readonly state: RunState; readonly count: number }[];
  /** Ms since 1970; undefined: none waits to begin. */
  readonly oldestDueAt: number | undefined;
}

/** Leases that are held, and whether their run is to end. */
export type HeldLeases = ReadonlyMap<string, { readonly isCancelled: boolean }>;

/** The signal after each change that somebody may wait for. */
export const RUN_SIGNAL = "xqbus_run";

const MAX_LIMIT = 1000;
const DEFAULT_LIMIT = 50;
const DEFAULT_MAX_INPUT_BYTES: number = 4 * 1024 * 1024;
const DEFAULT_KEEP_ATTEMPTS = 10;
const DEFAULT_MAX_OUTPUT_BYTES: number = 1024 * 1024;
const DEFAULT_MAX_ANSWER_BYTES: number = 4 * 1024 * 1024;
/** Runs that are forgotten in one transaction. */
const FORGET_AT_ONCE = 200;
/** Of PostgreSQL's advisory locks: `xqru`. */
const CHANGE_LOCK = 0x78_71_72_75;

/**
 * The runs of a database: a queue with leases. What is recorded is carried out at least once, by whichever process takes it; several may
 * work on one database.
 *
 * Everything may fail with the codes of {@link Database}; nothing is changed then.
 */
export class RunQueue {
  readonly #database: Database<RunTables>;
  readonly #hooks: RunEndHook[] = [];
  readonly #hearers: ((run: Run) => void)[] = [];
  readonly #now: () => number;
  readonly #limits: { readonly maxInputBytes: number; readonly maxOutputBytes: number };
  readonly #keepAttempts: number;
  readonly #maxAnswerBytes: number;

  constructor(database: Database<RunTables>, options: RunQueueOptions = {}) {
    this.#database = database;
    this.#now = options.now ?? Date.now;
    this.#keepAttempts = options.keepAttempts ?? DEFAULT_KEEP_ATTEMPTS;
    assertInteger(this.#keepAttempts, "keepAttempts", 1, 1000);
    this.#maxAnswerBytes = options.maxAnswerBytes ?? DEFAULT_MAX_ANSWER_BYTES;
    this.#limits = {
      maxInputBytes: options.maxInputBytes ?? DEFAULT_MAX_INPUT_BYTES,
      maxOutputBytes: options.maxOutputBytes ?? DEFAULT_MAX_OUTPUT_BYTES,
    };
  }

  get database(): Database<RunTables> {
    return this.#database;
  }

  /** Bytes of JSON of an input. */
  get maxInputBytes(): number {
    return this.#limits.maxInputBytes;
  }

  get now(): number {
    return this.#now();
  }

  /** Lets somebody take part in the end of each run. */
  onEnded(hook: RunEndHook): void {
    this.#hooks.push(hook);
  }

  /** Lets somebody hear of each run that this process has ended, after the commit. */
  afterEnd(hear: (run: Run) => void): void {
    this.#hearers.push(hear);
  }

  /** Changes runs in one transaction; such transactions come one after the other, whichever process makes them. */
  async change<T>(change: (changes: RunChanges) => Promise<T>): Promise<T> {
    let ended: readonly Run[] = [];
    const result = await this.#alone(async (changes) => {
      ended = changes.ended;
      return change(changes);
    });
    for (const run of ended) for (const hear of this.#hearers) hear(run);
    await this.#database.signal(RUN_SIGNAL);
    return result;
  }

  /**
   * Records a run. When it resolves the run is on disk; the same key again gives the same run.
   *
   * @throws XqbusError `xqbus:limit-exceeded`, `xqbus:illegal-argument`
   */
  async record(run: NewRun): Promise<{ readonly run: Run; readonly isNew: boolean }> {
    const recorded = await this.#database.kysely
      .transaction()
      .execute((transaction) => new RunChanges(transaction, this.#setup).record(run));
    if (recorded.isNew) await this.#database.signal(RUN_SIGNAL);
    return recorded;
  }

  /** Takes runs that are due. */
  claim(claim: Omit<Claim, "now" | "keepAttempts">): Promise<readonly ClaimedRun[]> {
    const keepAttempts = this.#keepAttempts;
    return this.#alone(({ transaction, now }) =>
      claimRuns(transaction, this.#database.sql, { ...claim, now, keepAttempts }),
    );
  }

  /**
   * Makes leases last longer; also such as have ended, as long as nobody has taken the run. It comes one after the other with claims.
   *
   * @returns those that are still held
   */
  renew(held: readonly ClaimedRun[], leaseMs: number): Promise<HeldLeases> {
    if (held.length === 0) return Promise.resolve(new Map());
    return this.#alone(async ({ transaction, now }) => {
      const update = transaction.updateTable("run").set({ due_at: now + leaseMs });
      const rows = await update
        .where("id", "in", idsOf(held))
        .where("lease", "in", leasesOf(held))
        .where("state", "=", "running")
        .returning(["lease", "is_cancelled"])
        .execute();
      return heldLeases(rows);
    });
  }

  /** The leases of these that are still held. */
  async held(held: readonly ClaimedRun[]): Promise<HeldLeases> {
    if (held.length === 0) return new Map();
    const rows = await this.#database.kysely
      .selectFrom("run")
      .select(["lease", "is_cancelled"])
      .where("id", "in", idsOf(held))
      .where("lease", "in", leasesOf(held))
      .where("state", "=", "running")
      .execute();
    return heldLeases(rows);
  }

  /** @throws XqbusError `xqbus:unknown-name` */
  find(id: string): Promise<Run> {
    return readRun(this.#database.kysely, id);
  }

  /** The same with all that is kept of it. @throws XqbusError `xqbus:unknown-name` */
  async get(id: string): Promise<RunWithData> {
    const run = await this.find(id);
    return { ...run, ...(await readData(this.#database.kysely, id)) };
  }

  /** What the kind of a run needs besides: a workflow as it was. @throws XqbusError `xqbus:unknown-name` */
  definition(id: string): Promise<unknown> {
    return readJson(this.#database.kysely, id, "definition");
  }

  /** What a run was started with. @throws XqbusError `xqbus:unknown-name` */
  event(id: string): Promise<ActionEvent> {
    return readEvent(this.#database.kysely, id);
  }

  /** The latest first. @throws XqbusError `xqbus:illegal-argument`; `xqbus:unknown-name` for `before` */
  async list({ limit = DEFAULT_LIMIT, ...query }: RunQuery = {}): Promise<readonly Run[]> {
    assertInteger(limit, "limit", 1, MAX_LIMIT);
    return this.#list(query, limit);
  }

  /** The same in a page of bounded bytes. @param show what the page has of a run */
  async page<T>({ limit = DEFAULT_LIMIT, ...query }: RunQuery, show: (run: Run) => Promise<T>): Promise<RunPage<T>> {
    assertInteger(limit, "limit", 1, MAX_LIMIT);
    return pageOf(await this.#list(query, limit + 1), { limit, maxBytes: this.#maxAnswerBytes }, show);
  }

  /** The attempts of a run that are kept, the first one first. */
  attempts(id: string): Promise<readonly RunAttempt[]> {
    return readAttempts(this.#database.kysely, id);
  }

  /**
   * What the code of a run wrote, in order; a line is there a moment after it was written.
   *
   * @throws XqbusError `xqbus:illegal-argument`
   */
  logs(id: string, query: RunLogQuery = {}): Promise<RunLogPage> {
    return readLogs(this.#database.kysely, id, query);
  }

  /** Adds lines of one attempt. @param from number of the first one, from 1 in each attempt */
  async addLogs(id: string, from: number, lines: readonly RunLogLine[]): Promise<void> {
    const rows = lines.map(({ attempt, at, level, text }, index) => [id, attempt, from + index, at, level, text]);
    await this.#database.insert([{ table: "run_log", columns: LOG_COLUMNS, rows, ignoresConflicts: true }]);
  }

  /** Cancels a run: at once, or (it runs) soon. @throws XqbusError `xqbus:unknown-name` */
  cancel(id: string): Promise<Run> {
    return this.change((changes) => changes.cancel(id));
  }

  /** Another try of a run that failed or was cancelled; {@link RunChanges.retry}. */
  retry(id: string): Promise<Run | undefined> {
    return this.change((changes) => changes.retry(id));
  }

  async counts(): Promise<RunCounts> {
    const { kysely } = this.#database;
    const rows = await kysely
      .selectFrom("run")
      .select((select) => ["kind", "state", select.fn.countAll<number>().as("count")])
      .groupBy(["kind", "state"])
      .orderBy("kind")
      .orderBy("state")
      .execute();
    const oldest = await kysely
      .selectFrom("run")
      .select("due_at")
      .where("due_at", "<=", this.#now())
      .orderBy("due_at")
      .limit(1)
      .executeTakeFirst();
    return {
      runs: rows.map(({ kind, state, count }) => ({ kind, state, count: Number(count) })),
      oldestDueAt: oldest?.due_at ?? undefined,
    };
  }

  /** When the next run is due that is not yet; ms since 1970. */
  async nextDueAt(): Promise<number | undefined> {
    const query = this.#database.kysely.selectFrom("run").select("due_at").where("due_at", ">", this.#now());
    return (await query.orderBy("due_at").limit(1).executeTakeFirst())?.due_at ?? undefined;
  }

  /** Forgets runs that ended before a time, with their steps, attempts and lines. @returns how many runs */
  async forget(endedBefore: number): Promise<number> {
    const { kysely } = this.#database;
    let count = 0;
    for (;;) {
      const ended = await kysely
        .selectFrom("run")
        .select("id")
        .where("ended_at", "<", endedBefore)
        // A step is kept as long as what it is a step of, which is kept as long as there is a step that ended later.
        .where((where) =>
          where.or([
            where("parent", "is", null),
            where("parent", "not in", where.selectFrom("run as other").select("other.id")),
          ]),
        )
        .where((where) =>
          where.not(
            where.exists(
              where
                .selectFrom("run as step")
                .select("step.id")
                .whereRef("step.parent", "=", "run.id")
                .where((step) =>
                  step.or([step("step.ended_at", "is", null), step("step.ended_at", ">=", endedBefore)]),
                ),
            ),
          ),
        )
        .limit(FORGET_AT_ONCE)
        .execute();
      if (ended.length === 0) return count;
      const ids = ended.map(({ id }) => id);
      await kysely.transaction().execute(async (transaction) => {
        // One that was queued again meanwhile stays.
        const forgotten = await transaction
          .deleteFrom("run")
          .where("id", "in", ids)
          .where("ended_at", "<", endedBefore)
          .returning("id")
          .execute();
        const gone = forgotten.map(({ id }) => id);
        if (gone.length === 0) return;
        await transaction.deleteFrom("run_log").where("run", "in", gone).execute();
        await transaction.deleteFrom("run_attempt").where("run", "in", gone).execute();
      });
      count += ids.length;
    }
  }

  async #list({ before, ...query }: Omit<RunQuery, "limit">, limit: number): Promise<readonly Run[]> {
    let select = this.#database.kysely.selectFrom("run").select(RUN_COLUMNS);
    for (const column of ["subject", "kind", "state", "parent"] as const) {
      const wanted = query[column];
      if (wanted !== undefined) select = select.where(column, "=", wanted);
    }
    if (query.eventId !== undefined) select = select.where("event_id", "=", query.eventId);
    if (before !== undefined) {
      const { createdAt, id } = await this.find(before);
      select = select.where((where) =>
        where.or([
          where("created_at", "<", createdAt),
          where.and([where("created_at", "=", createdAt), where("id", "<", id)]),
        ]),
      );
    }
    return (await select.orderBy("created_at", "desc").orderBy("id", "desc").limit(limit).execute()).map(runOf);
  }

  get #setup(): ConstructorParameters<typeof RunChanges>[1] {
    return { ...this.#limits, now: this.#now, hooks: this.#hooks };
  }

  #alone<T>(change: (changes: RunChanges) => Promise<T>): Promise<T> {
    const { kysely, sql, product } = this.#database;
    return kysely.transaction().execute(async (transaction) => {
      if (product === "postgres") await sql`SELECT pg_advisory_xact_lock(${CHANGE_LOCK})`.execute(transaction);
      return change(new RunChanges(transaction, this.#setup));
    });
  }
}

function idsOf(held: readonly ClaimedRun[]): readonly string[] {
  return held.map(({ run }) => run.id);
}

function leasesOf(held: readonly ClaimedRun[]): readonly string[] {
  return held.map(({ lease }) => lease);
}

function heldLeases(rows: readonly Pick<RunRow, "lease" | "is_cancelled">[]): HeldLeases {
  return new Map(rows.map(({ lease, is_cancelled: flag }) => [lease ?? "", { isCancelled: flag === 1 }]));
}

const LOG_COLUMNS = {
  run: "text",
  attempt: "bigint",
  number: "bigint",
  at: "bigint",
  level: "text",
  text: "text",
} as const;
