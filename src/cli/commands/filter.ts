import type { Command } from "commander";
import type { AddCommand, Session } from "../command.ts";
import { addFilterCheck } from "./filter/check.ts";

/** Adds one command to the noun `filter`; one file in `commands/filter/` each. */
export type AddFilterCommand = (filter: Command, session: Session) => void;

/** All commands of the noun in the order of the help. */
const FILTER_COMMANDS: readonly AddFilterCommand[] = [addFilterCheck];

export const addFilter: AddCommand = (program, session) => {
  const filter = program
    .command("filter")
    .description("what can be told of a filter before it is used")
    .helpCommand(false)
    .addHelpText("after", `\nExamples:\n  xqbus filter check --xquery '/e:Event/e:PhoneStatus[e:Status = "busy"]'`);
  for (const add of FILTER_COMMANDS) add(filter, session);
};
