import type { Command } from "commander";
import type { AddCommand, Session } from "../command.ts";
import { addFilterBacktest } from "./filter/backtest.ts";
import { addFilterBench } from "./filter/bench.ts";
import { addFilterCheck } from "./filter/check.ts";
import { addFilterExplain } from "./filter/explain.ts";
import { addFilterPlacement } from "./filter/placement.ts";

/** Adds one command to the noun `filter`; one file in `commands/filter/` each. */
export type AddFilterCommand = (filter: Command, session: Session) => void;

/** All commands of the noun in the order of the help. */
const FILTER_COMMANDS: readonly AddFilterCommand[] = [
  addFilterCheck,
  addFilterExplain,
  addFilterPlacement,
  addFilterBench,
  addFilterBacktest,
];

export const addFilter: AddCommand = (program, session) => {
  const filter = program
    .command("filter")
    .description("filters: whether they can match, why they do or do not, where they run, and what many of them cost")
    .helpCommand(false)
    .addHelpText(
      "after",
      `
Examples:
  xqbus filter check --xquery '/e:Event/e:PhoneStatus[e:Status = "busy"]'
  xqbus filter explain --xpath '//e:Status = "free"' event.xml
  xqbus filter placement --url amqp://localhost --xquery '//e:PhoneStatus'
  xqbus filter bench --subscriptions 1,1000,100000`,
    );
  for (const add of FILTER_COMMANDS) add(filter, session);
};
