import type { AddDlqCommand } from "../dlq.ts";
import { changeCommand } from "./change-command.ts";

/** Adds `dlq redrive`. */
export const addDlqRedrive: AddDlqCommand = changeCommand({
  verb: "redrive",
  description: "deliver again, to the one subscription that failed, what is still valid",
  done: "redriven",
  change: ({ api, limits }, query, dryRun) => api.deadLetters.redrive(query, { ...limits, dryRun }),
});
