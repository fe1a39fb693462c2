import { changeRunCommand } from "../../api/change-run.ts";
import type { AddWorkflowCommand } from "../workflow.ts";

/** Adds `workflow cancel`. */
export const addWorkflowCancel: AddWorkflowCommand = changeRunCommand("workflow", "cancel", "end a run and its steps");

/** Adds `workflow retry`. */
export const addWorkflowRetry: AddWorkflowCommand = changeRunCommand(
  "workflow",
  "retry",
  "let a run that failed or was cancelled do again what failed, and go on from there",
);
