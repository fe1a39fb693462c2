import { tableNames } from "../../../action/destination/index.ts";
import { Output } from "../../io.ts";
import { jsonOption } from "../../options.ts";
import { tableDatabaseOptions, withTableDatabase, type TableDatabaseOptions } from "../../table-database.ts";
import { visibleText } from "../../visible-text.ts";
import type { AddTableCommand } from "../table.ts";

/** Adds `table list`: the tables of a database. */
export const addTableList: AddTableCommand = (table, session) => {
  const command = table.command("list").description("list the tables of a database");
  for (const option of [...tableDatabaseOptions(), jsonOption()]) command.addOption(option);
  command
    .addHelpText("after", "\nExamples:\n  xqbus table list --database sqlite:data.db")
    .action(async ({ json, ...where }: TableDatabaseOptions & { readonly json?: true }) => {
      const output = new Output(session.io, json === true);
      const tables = await withTableDatabase(where, session.io, tableNames);
      if (output.json) return output.value({ tables });
      for (const name of tables) output.line(visibleText(name));
    });
};
