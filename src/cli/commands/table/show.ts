import { tableColumns } from "../../../action/destination/index.ts";
import { Output } from "../../io.ts";
import { jsonOption } from "../../options.ts";
import { printTable } from "../../table.ts";
import { tableDatabaseOptions, withTableDatabase, type TableDatabaseOptions } from "../../table-database.ts";
import type { AddTableCommand } from "../table.ts";

/** Adds `table show`: the columns of a table, as rows must have them. */
export const addTableShow: AddTableCommand = (table, session) => {
  const command = table
    .command("show")
    .description("show the columns of a table: their types, and whether a row must have them")
    .argument("<name>", "name of the table");
  for (const option of [...tableDatabaseOptions(), jsonOption()]) command.addOption(option);
  command
    .addHelpText("after", "\nExamples:\n  xqbus table show event_handle --database sqlite:data.db")
    .action(async (name: string, { json, ...where }: TableDatabaseOptions & { readonly json?: true }) => {
      const output = new Output(session.io, json === true);
      const columns = await withTableDatabase(where, session.io, (database) => tableColumns(database, name));
      if (output.json) return output.value({ table: name, columns });
      printTable(
        output,
        ["COLUMN", "TYPE", "HOLDS", "NEEDED"],
        columns.map((column) => [column.name, column.type, column.kind, column.isNeeded ? "yes" : ""]),
      );
    });
};
