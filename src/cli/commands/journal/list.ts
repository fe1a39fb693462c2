import { Option } from "commander";
import { readJournal } from "../../../amqp/index.ts";
import { Output } from "../../io.ts";
import { jsonOption, positiveInteger } from "../../options.ts";
import { oneLine, visibleText } from "../../visible-text.ts";
import type { AddJournalCommand } from "../journal.ts";

const DEFAULT_LIMIT = 1_000;

interface ListOptions {
  readonly limit: number;
  readonly json?: true;
}

/** Adds `journal list`: what a journal holds. */
export const addJournalList: AddJournalCommand = (journal, session) => {
  journal
    .command("list")
    .description("tell how many events wait to be sent, and list those that were refused; nothing is changed")
    .argument("<file>", "journal of a program that is not running")
    .addOption(
      new Option("--limit <number>", "refused events to list at most")
        .default(DEFAULT_LIMIT)
        .argParser(positiveInteger),
    )
    .addOption(jsonOption())
    .addHelpText("after", "\nExamples:\n  xqbus journal list ./sends.db\n  xqbus journal list ./sends.db --json")
    .action((file: string, { limit, json }: ListOptions) => {
      const output = new Output(session.io, json === true);
      const contents = readJournal(file, limit);
      if (output.json) return output.value(contents);
      for (const { id, refusedAt, messageId, subject, reason } of contents.refusedEvents) {
        const text = `${id}  ${refusedAt.toISOString()}  ${messageId}  ${subject}  ${reason}`;
        output.line(visibleText(oneLine(text)));
      }
      const { domain, waiting, refused, bytes } = contents;
      output.note(`${waiting} events wait to be sent to ${domain}, ${refused} were refused; ${bytes} bytes`);
    });
};
