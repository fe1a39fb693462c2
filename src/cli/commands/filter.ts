import type { Command } from "commander";
import type { AddCommand, Session } from "../command.ts";
import { addFilterExplain } from "./filter/explain.ts";

/** Adds one command to the noun `filter`; one file in `commands/filter/` each. */
export type AddFilterCommand = (filter: Command, session: Session) => void;

/** All commands of the noun in the order of the help. */
const FILTER_COMMANDS: readonly AddFilterCommand[] = [addFilterExplain];

export const addFilter: AddCommand = (program, session) => {
  const filter = program
    .command("filter")
    .description("filters: what they say about an event")
    .helpCommand(false)
    .addHelpText("after", "\nExamples:\n  xqbus filter explain --xpath '//e:Status = \"free\"' event.xml");
  for (const add of FILTER_COMMANDS) add(filter, session);
};
