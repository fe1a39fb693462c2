import { changeRunCommand } from "../../api/change-run.ts";
import type { AddRunCommand } from "../run.ts";

/** Adds `run cancel`. */
export const addRunCancel: AddRunCommand = changeRunCommand("run", "cancel", "end a run");

/** Adds `run retry`. */
export const addRunRetry: AddRunCommand = changeRunCommand(
  "run",
  "retry",
  "let a run that has ended be done again; one that succeeded as a new run",
);
