import type { Command } from "commander";
import type { Session } from "../command.ts";
import type { AddLater } from "../later-command.ts";
import { addRunCancel, addRunRetry } from "./run/change.ts";
import { addRunList } from "./run/list.ts";
import { addRunLogs } from "./run/logs.ts";
import { addRunShow } from "./run/show.ts";

/** Adds one command to the noun `run`; one file in `commands/run/` each. */
export type AddRunCommand = (run: Command, session: Session) => void;

const RUN_COMMANDS: readonly AddRunCommand[] = [addRunList, addRunShow, addRunLogs, addRunCancel, addRunRetry];

/** Adds what there is for runs. */
export const addRun: AddLater = (run, session) => {
  for (const add of RUN_COMMANDS) add(run, session);
  run.addHelpText(
    "after",
    `
Examples:
  xqbus run list --state failed
  xqbus run show 5eaf0db7f6f51d5255974217
  xqbus run retry 5eaf0db7f6f51d5255974217`,
  );
};
