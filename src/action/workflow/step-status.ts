import type { Run, RunError } from "../run/index.ts";
import type { WorkflowStep } from "./definition.ts";

/** What advancing reads of the run of a step. */
export type StepRow = Pick<Run, "kind" | "state" | "error">;

/** The kind of a run that is a decision only: that a step is skipped (it succeeded), or cannot begin (it failed). */
export const DECISION = "decision";

/**
 * Where a step is. `open`: it waits for others, or goes on. `blocked`: something before it failed. `tolerated`: it failed, and the workflow
 * goes on; `handled`: it failed, and another step takes over. Both are no failure of the workflow.
 */
export type StepStatus = "open" | "blocked" | "succeeded" | "skipped" | "failed" | "tolerated" | "handled";

/** The status of a step that has a run. */
export function statusOf({ onFailure }: WorkflowStep, { kind, state }: StepRow): StepStatus {
  switch (state) {
    case "queued":
    case "running":
    case "waiting":
      return "open";
    case "succeeded":
      return kind === DECISION ? "skipped" : "succeeded";
    case "failed":
    case "cancelled":
      return { fail: "failed", continue: "tolerated", step: "handled" }[onFailure.kind] as StepStatus;
  }
}

/** Why a step failed. */
export function errorOf({ state, error }: StepRow): RunError {
  if (state === "cancelled") return { code: "xqbus:aborted", message: "the step was cancelled" };
  return error ?? { code: "xqbus:code-failed", message: "no reason was kept" };
}
