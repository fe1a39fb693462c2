import { createTableSql, parseColumn, tableNames } from "../../../action/destination/index.ts";
import type { Database } from "../../../database/index.ts";
import { XqbusError } from "../../../errors.ts";
import { Output } from "../../io.ts";
import { collect, jsonOption } from "../../options.ts";
import { tableDatabaseOptions, withTableDatabase, type TableDatabaseOptions } from "../../table-database.ts";
import { visibleText } from "../../visible-text.ts";
import type { AddTableCommand } from "../table.ts";

interface CreateOptions extends TableDatabaseOptions {
  readonly column?: readonly string[];
  readonly dryRun?: boolean;
  readonly json?: true;
}

/** Adds `table create`: a table for rows of actions. */
export const addTableCreate: AddTableCommand = (table, session) => {
  const command = table
    .command("create")
    .description("create a table that actions can insert rows in; event_handle needs no columns to be named")
    .argument("<name>", "name of the table")
    .option(
      "--column <name:type>",
      "number, integer, text, boolean, date, timestamp or bytes; may be repeated",
      collect,
    )
    .option("--dry-run", "print the SQL, and change nothing");
  for (const option of [...tableDatabaseOptions(), jsonOption()]) command.addOption(option);
  command
    .addHelpText(
      "after",
      `
Examples:
  xqbus table create event_handle --database sqlite:data.db
  xqbus table create visit --database sqlite:data.db --column id:integer --column at:timestamp --column name:text`,
    )
    .action(async (name: string, { column, dryRun = false, json, ...where }: CreateOptions) => {
      const output = new Output(session.io, json === true);
      const columns = column?.map(parseColumn);
      const create = async (database: Database<unknown>): Promise<string> => {
        const statement = createTableSql(database, name, columns);
        if ((await tableNames(database)).includes(name)) {
          throw new XqbusError(
            "xqbus:illegal-argument",
            `there is a table ${name} already; xqbus table show tells of it`,
          );
        }
        await (dryRun ? statement.tryOut() : statement.run());
        return statement.text;
      };
      const text = await withTableDatabase(where, session.io, create, dryRun ? { isTrial: true } : { makesFile: true });
      if (output.json) output.value({ dryRun, table: name, sql: text });
      else output.line(visibleText(dryRun ? `${text};` : `created table ${name}`));
    });
};
