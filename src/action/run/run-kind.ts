import type { RunChanges } from "./run-changes.ts";
import type { Run, RunData, RunLogLine } from "./run.ts";

/** A run that is carried out, and what it was started with. */
export type BegunRun = Run & Pick<RunData, "event">;

/** What one attempt of a run may use. */
export interface AttemptContext {
  /** 1 for the first one. */
  readonly attempt: number;
  /** Aborted when the run was cancelled, somebody else has it, or this process ends. */
  readonly signal: AbortSignal;
  log(line: Omit<RunLogLine, "attempt">): void;
}

/** Thrown by a kind whose run has not begun, because a database was away: no failure of it. */
export class NotBegun extends Error {
  constructor(cause: unknown) {
    super("the run has not begun", { cause });
  }
}

/**
 * How runs of one kind are carried out.
 *
 * `run`: outside of a transaction, as often as the retry policy wants; it gives the output, data of JSON. An error with
 * `isPermanent: true` is not tried again, one with `retryAfterMs` then.
 *
 * `begin`: in the transaction that takes the run, which it ends or lets wait; nothing is retried.
 */
export type RunKind =
  | { readonly run: (run: BegunRun, context: AttemptContext) => Promise<unknown> }
  | { readonly begin: (run: Run, changes: RunChanges) => Promise<void> };

/** A run that is nothing but time that passes. */
export const DELAY: RunKind = {
  begin: async ({ id }, changes) => void (await changes.end(id, { state: "succeeded", output: null })),
};
