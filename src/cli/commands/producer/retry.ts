import { producerState, retryParked } from "../../../producer/index.ts";
import { counted } from "../../../counted.ts";
import { Output } from "../../io.ts";
import { jsonOption } from "../../options.ts";
import { databaseOption, withDatabase } from "../../with-database.ts";
import type { AddProducerCommand } from "../producer.ts";

interface RetryOptions {
  readonly database: string;
  readonly dryRun?: boolean;
  readonly json?: true;
}

/** Adds `producer retry`: what was put aside is to be published after all. */
export const addProducerRetry: AddProducerCommand = (producer, session) => {
  producer
    .command("retry")
    .description("let the relay try again what it has parked, once its reason is gone")
    .addOption(databaseOption())
    .option("--dry-run", "say how many there are")
    .addOption(jsonOption())
    .addHelpText("after", "\nExamples:\n  xqbus producer retry --database sqlite:crm.db --dry-run")
    .action(async ({ database: url, dryRun = false, json }: RetryOptions) => {
      const output = new Output(session.io, json === true);
      const events = await withDatabase(url, async (database) =>
        dryRun ? (await producerState(database)).parked.length : retryParked(database),
      );
      if (output.json) return output.value({ dryRun, events });
      output.line(`${counted(events, "event")} ${dryRun ? "would" : "will"} be tried again`);
    });
};
