import type { Transaction } from "../../database/index.ts";
import { illegalOption as illegal } from "../../assert-option.ts";
import { newId } from "./new-id.ts";
import {
  isEnded,
  type ActionEvent,
  type NewRun,
  type NewStep,
  type Run,
  type RunAttemptOutcome,
  type RunData,
  type RunEnd,
  type RunError,
} from "./run.ts";
import { findRun, readEvent, readJson, readRun } from "./run-data.ts";
import { errorCells, jsonText, rowOf, RUN_COLUMNS, runOf } from "./run-rows.ts";
import type { RunRow, RunTables } from "./tables.ts";

/** A run that ends, and what it gave. */
export type EndedRun = Run & Pick<RunData, "output">;

/** Is told of each run that ends, in the transaction that ends it; what it throws undoes the end. */
export type RunEndHook = (run: EndedRun, changes: RunChanges) => Promise<void>;

/** What all changes of one queue have in common. */
export interface ChangeSetup {
  readonly now: () => number;
  readonly maxInputBytes: number;
  readonly maxOutputBytes: number;
  readonly hooks: readonly RunEndHook[];
}

/**
 * Changes of runs within one transaction. Such transactions come one after the other, in all processes, so that what is read here stays
 * as it is until the end.
 */
export class RunChanges {
  /** For other tables of the same database. */
  readonly transaction: Transaction<RunTables>;
  /** Runs that have ended by these changes. */
  readonly ended: Run[] = [];
  readonly #setup: ChangeSetup;

  constructor(transaction: Transaction<RunTables>, setup: ChangeSetup) {
    this.transaction = transaction;
    this.#setup = setup;
  }

  get now(): number {
    return this.#setup.now();
  }

  /** @throws XqbusError `xqbus:unknown-name` */
  get(id: string): Promise<Run> {
    return readRun(this.transaction, id);
  }

  /** What a run is a step of; undefined: it is none, or that is forgotten. */
  async parentOf({ parent }: Pick<Run, "parent">): Promise<Run | undefined> {
    return parent === undefined ? undefined : findRun(this.transaction, parent);
  }

  /** What a run was started with. @throws XqbusError `xqbus:unknown-name` */
  event(id: string): Promise<ActionEvent> {
    return readEvent(this.transaction, id);
  }

  /** What the kind of a run needs besides. @throws XqbusError `xqbus:unknown-name` */
  definition(id: string): Promise<unknown> {
    return readJson(this.transaction, id, "definition");
  }

  /** What a run gave; undefined: it has not succeeded. @throws XqbusError `xqbus:unknown-name` */
  output(id: string): Promise<unknown> {
    return readJson(this.transaction, id, "output");
  }

  /** The steps of a run that there are, the oldest first. */
  async children(parent: string): Promise<readonly Run[]> {
    const query = this.transaction.selectFrom("run").select(RUN_COLUMNS).where("parent", "=", parent);
    return (await query.orderBy("created_at").orderBy("id").execute()).map(runOf);
  }

  /**
   * Records a run; with a key, or a parent and step, that is there already, nothing is changed.
   *
   * @returns the run that is there now
   * @throws XqbusError `xqbus:limit-exceeded`, `xqbus:illegal-argument`
   */
  async record(run: NewRun | NewStep): Promise<{ readonly run: Run; readonly isNew: boolean }> {
    const now = this.now;
    const row = rowOf(newId(now), run, now, this.#setup.maxInputBytes);
    const inserted = await this.transaction
      .insertInto("run")
      .values(row)
      .onConflict((conflict) => conflict.doNothing())
      .returning("id")
      .execute();
    if (inserted.length === 1) return { run: runOf(row), isNew: true };
    const same = await this.transaction
      .selectFrom("run")
      .select(RUN_COLUMNS)
      .where((where) =>
        where.or([
          where.and([where("subject", "=", row.subject), where("idempotency_key", "=", row.idempotency_key)]),
          where.and([where("parent", "=", row.parent ?? ""), where("step", "=", row.step ?? "")]),
        ]),
      )
      .executeTakeFirstOrThrow();
    return { run: runOf(same), isNew: false };
  }

  /** @throws XqbusError `xqbus:limit-exceeded`, `xqbus:illegal-argument` for what cannot be kept as output */
  assertOutput(output: unknown): void {
    jsonText(output, "the output of a run", this.#setup.maxOutputBytes);
  }

  /** Ends a run and tells the hooks. One that has ended stays as it is. */
  async end(id: string, end: RunEnd): Promise<Run> {
    const before = await this.get(id);
    if (isEnded(before)) return before;
    const ended = await this.endUntold(before, end);
    const output = end.state === "succeeded" ? (end.output ?? null) : undefined;
    for (const hook of this.#setup.hooks) await hook({ ...ended, output }, this);
    return ended;
  }

  /** Ends a run without the hooks, whose refusal would keep it from its end. */
  async endUntold(before: Run, end: RunEnd): Promise<Run> {
    const { now } = this;
    if (before.state === "running") {
      await this.#endAttempt(before, end.state, end.state === "failed" ? end.error : undefined);
    }
    const ended = await this.#update(before.id, {
      ...{ state: end.state, ended_at: now, due_at: null, lease: null },
      ...(end.state === "succeeded"
        ? { output: jsonText(end.output, "the output of a run", this.#setup.maxOutputBytes) }
        : {}),
      ...(end.state === "failed" ? errorCells(end.error) : { error_code: null, error_message: null }),
    });
    this.ended.push(ended);
    return ended;
  }

  /** Lets a run that has begun wait until it is changed again, or until a time. */
  async wait(id: string, dueAt?: number): Promise<Run> {
    await this.#endAttempt(await this.get(id), "begun");
    return this.#update(id, { state: "waiting", due_at: dueAt ?? null, lease: null });
  }

  /** Lets another attempt follow one that failed. */
  async tryAgain(run: Run, error: RunError, dueAt: number): Promise<Run> {
    await this.#endAttempt(run, "failed", error);
    const cells = { state: "waiting", due_at: dueAt, lease: null, failures: run.failures + 1 } as const;
    return this.#update(run.id, { ...cells, ...errorCells(error) });
  }

  /** Gives a run back that could not be carried out to its end; it does not count as failed. */
  async giveBack(run: Run): Promise<Run> {
    await this.#endAttempt(run, "stopped");
    return this.#update(run.id, { state: "queued", due_at: this.now, lease: null });
  }

  /**
   * Another try of a run that failed or was cancelled, with its key.
   *
   * @returns undefined: it has succeeded, and is not done again
   * @throws XqbusError `xqbus:unknown-name`; `xqbus:illegal-argument` for a run that has not ended, or that is a step
   */
  async retry(id: string): Promise<Run | undefined> {
    const run = await this.get(id);
    if (!isEnded(run)) throw illegal(`the run ${id} is ${run.state}; only one that has ended can be retried`);
    if (run.parent !== undefined) throw illegal(`the run ${id} is a step of ${run.parent}; retry that one`);
    return run.state === "succeeded" ? undefined : this.requeue(id);
  }

  /** Takes back that a run is to end; if its code has ended for it already, it is carried out again. */
  uncancel(id: string): Promise<Run> {
    return this.#update(id, { is_cancelled: 0 });
  }

  /** Queues a run again that has ended or waits, with all its tries before it and the same key. */
  requeue(id: string): Promise<Run> {
    const cells = { state: "queued", due_at: this.now, lease: null, ended_at: null, first_at: null } as const;
    return this.#update(id, {
      ...cells,
      failures: 0,
      losses: 0,
      is_cancelled: 0,
      error_code: null,
      error_message: null,
    });
  }

  /**
   * Cancels a run: at once where nobody works on it, else it is told to end. Steps of a workflow are left to the hook of its end.
   */
  async cancel(id: string): Promise<Run> {
    const run = await this.get(id);
    if (isEnded(run)) return run;
    return run.state === "running" ? this.#update(id, { is_cancelled: 1 }) : this.end(id, { state: "cancelled" });
  }

  /** The run, if this lease is still the one that it is held by. */
  async held(id: string, lease: string): Promise<Run | undefined> {
    const query = this.transaction
      .selectFrom("run")
      .select(RUN_COLUMNS)
      .where("id", "=", id)
      .where("lease", "=", lease);
    const row = await query.executeTakeFirst();
    return row === undefined ? undefined : runOf(row);
  }

  async #update(id: string, cells: Partial<RunRow>): Promise<Run> {
    const query = this.transaction.updateTable("run").set(cells).where("id", "=", id).returning(RUN_COLUMNS);
    return runOf(await query.executeTakeFirstOrThrow());
  }

  async #endAttempt({ id, attempts }: Run, outcome: RunAttemptOutcome, error?: RunError): Promise<void> {
    await this.transaction
      .updateTable("run_attempt")
      .set({ ended_at: this.now, outcome, ...(error === undefined ? {} : errorCells(error)) })
      .where("run", "=", id)
      .where("number", "=", attempts)
      .execute();
  }
}
