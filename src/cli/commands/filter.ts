import type { Command } from "commander";
import type { AddCommand, Session } from "../command.ts";
import { addFilterBench } from "./filter/bench.ts";

/** Adds one command to the noun `filter`; one file in `commands/filter/` each. */
export type AddFilterCommand = (filter: Command, session: Session) => void;

/** All commands of the noun in the order of the help. */
const FILTER_COMMANDS: readonly AddFilterCommand[] = [addFilterBench];

export const addFilter: AddCommand = (program, session) => {
  const filter = program
    .command("filter")
    .description("filters of subscriptions, written in XQuery")
    .helpCommand(false)
    .addHelpText("after", "\nExamples:\n  xqbus filter bench --subscriptions 1,1000,100000");
  for (const add of FILTER_COMMANDS) add(filter, session);
};
