import { uninstallProducer } from "../../../producer/index.ts";
import { counted } from "../../../counted.ts";
import { Output } from "../../io.ts";
import { jsonOption } from "../../options.ts";
import { visibleText } from "../../visible-text.ts";
import { databaseOption, withDatabase } from "../../with-database.ts";
import type { AddProducerCommand } from "../producer.ts";

interface UninstallOptions {
  readonly database: string;
  readonly table?: string;
  readonly discard?: boolean;
  readonly dryRun?: boolean;
  readonly json?: true;
}

/** Adds `producer uninstall`: the database is as it was before. */
export const addProducerUninstall: AddProducerCommand = (producer, session) => {
  producer
    .command("uninstall")
    .description("take a producer away; with the last one the outbox, so that no trace is left")
    .addOption(databaseOption())
    .option("--table <name>", "that of the producer; without it all of them")
    .option("--discard", "also where events wait in the outbox: they are lost")
    .option("--dry-run", "print the SQL, and how many events would be lost")
    .addOption(jsonOption())
    .addHelpText(
      "after",
      `
Examples:
  xqbus producer uninstall --database sqlite:crm.db --table customers --dry-run
  xqbus producer uninstall --database sqlite:crm.db`,
    )
    .action(async ({ database: url, table, discard = false, dryRun = false, json }: UninstallOptions) => {
      const output = new Output(session.io, json === true);
      const removed = await withDatabase(url, (database) =>
        uninstallProducer(database, table, { discard, isDryRun: dryRun }),
      );
      const { producers, isAll, hadOutbox, lostEvents, statements } = removed;
      if (output.json)
        return output.value({
          dryRun,
          producers,
          isAll,
          hadOutbox,
          lostEvents,
          ...(dryRun ? { sql: statements } : {}),
        });
      for (const statement of dryRun ? statements : []) output.line(visibleText(`${statement};`));
      if (producers.length === 0 && !hadOutbox)
        return output.note("nothing is installed, and nothing was to be removed");
      const what = `${counted(producers.length, "producer")}${hadOutbox ? " and the outbox" : ""}`;
      output.note(`${dryRun ? "would remove" : "removed"} ${what}; ${counted(lostEvents, "event")} lost`);
    });
};
