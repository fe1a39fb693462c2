import { producerState } from "../../../producer/index.ts";
import { counted } from "../../../counted.ts";
import { Output } from "../../io.ts";
import { jsonOption } from "../../options.ts";
import { printTable } from "../../table.ts";
import { databaseOption, withDatabase } from "../../with-database.ts";
import type { AddProducerCommand } from "../producer.ts";

/** Adds `producer list`: what is installed, what waits, and what was put aside. */
export const addProducerList: AddProducerCommand = (producer, session) => {
  producer
    .command("list")
    .description("list the producers of a database, how many events wait, and those that could not be published")
    .addOption(databaseOption())
    .addOption(jsonOption())
    .addHelpText("after", "\nExamples:\n  xqbus producer list --database sqlite:crm.db")
    .action(async ({ database: url, json }: { readonly database: string; readonly json?: true }) => {
      const output = new Output(session.io, json === true);
      const state = await withDatabase(url, producerState);
      if (output.json) return output.value(state);
      if (!state.isInstalled)
        return output.note("nothing is installed: xqbus producer install --database URL --table NAME");
      const rows = state.producers.map(({ table, prefix, domain, model, guidColumns, mask }) => [
        ...[table, `${prefix}.osis.*.${domain}.${model}`, guidColumns.join(", "), mask.join(", ")],
      ]);
      if (rows.length > 0) printTable(output, ["TABLE", "ROUTING KEY", "GUID", "MASKED"], rows);
      if (state.parked.length > 0) {
        printTable(
          output,
          ["PARKED EVENT", "TIME", "REASON"],
          state.parked.map(({ messageId, madeAt, reason }) => [messageId, madeAt, reason]),
        );
      }
      output.note(
        `${counted(state.waiting, "event waits", "events wait")}, ${counted(state.parked.length, "is", "are")} parked`,
      );
    });
};
