import type { Command } from "commander";
import type { Session } from "../command.ts";
import type { AddLater } from "../later-command.ts";
import { addTableCreate } from "./table/create.ts";
import { addTableList } from "./table/list.ts";
import { addTableShow } from "./table/show.ts";

/** Adds one command to the noun `table`; one file in `commands/table/` each. */
export type AddTableCommand = (table: Command, session: Session) => void;

/** All commands of the noun in the order of the help. */
const TABLE_COMMANDS: readonly AddTableCommand[] = [addTableCreate, addTableList, addTableShow];

export const addTable: AddLater = (table, session) => {
  table.addHelpText(
    "after",
    `
Examples:
  xqbus table create event_handle --database sqlite:data.db
  xqbus table show event_handle --config xqbus.toml --database dwh/data_prim

A database is a URL, or with --config a name of [databases]: docs/destinations.md.`,
  );
  for (const add of TABLE_COMMANDS) add(table, session);
};
