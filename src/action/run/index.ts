export { isId, newId } from "./new-id.ts";
export { END_STATES, isEnded, RUN_STATES } from "./run.ts";
export type {
  ActionEvent,
  NewRun,
  NewStep,
  Run,
  RunAttempt,
  RunAttemptOutcome,
  RunData,
  RunEnd,
  RunError,
  RunLogLine,
  RunLogPage,
  RunLogQuery,
  RunQuery,
  RunState,
  RunTrigger,
  RunWithData,
} from "./run.ts";
export { attemptGaps } from "./run-history.ts";
export type { RunPage } from "./run-page.ts";
export { RunChanges } from "./run-changes.ts";
export type { EndedRun, RunEndHook } from "./run-changes.ts";
export type { ClaimedRun } from "./run-claims.ts";
export { RUN_SIGNAL, RunQueue } from "./run-queue.ts";
export type { RunCounts, RunQueueOptions } from "./run-queue.ts";
export { jsonText } from "./run-rows.ts";
export { makeRunTables, makeSubjectTurnIndex, makeTurnIndex } from "./tables.ts";
export type { RunTables } from "./tables.ts";
export { RunWorker } from "./run-worker.ts";
export type { RunAttemptReport, RunWorkerOptions } from "./run-worker.ts";
export { NotBegun } from "./run-kind.ts";
export type { AttemptContext, BegunRun, RunKind } from "./run-kind.ts";
