import type { AddDlqCommand } from "../dlq.ts";
import { changeCommand } from "./change-command.ts";

/** Adds `dlq delete`. */
export const addDlqDelete: AddDlqCommand = changeCommand({
  verb: "delete",
  description: "delete dead letters that nobody wants any more",
  done: "deleted",
  change: ({ api, limits }, query, dryRun) => api.deadLetters.delete(query, { ...limits, dryRun }),
});
