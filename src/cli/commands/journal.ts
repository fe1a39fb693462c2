import type { Command } from "commander";
import type { AddCommand, Session } from "../command.ts";
import { addJournalDelete } from "./journal/delete.ts";
import { addJournalList } from "./journal/list.ts";
import { addJournalRetry } from "./journal/retry.ts";

/** Adds one command to the noun `journal`; one file in `commands/journal/` each. */
export type AddJournalCommand = (journal: Command, session: Session) => void;

/** All commands of the noun in the order of the help. */
const JOURNAL_COMMANDS: readonly AddJournalCommand[] = [addJournalList, addJournalRetry, addJournalDelete];

export const addJournal: AddCommand = (program, session) => {
  const journal = program
    .command("journal")
    .description("events that a broker has refused, in the send journal of a program that is not running")
    .helpCommand(false)
    .addHelpText(
      "after",
      `
Examples:
  xqbus journal list ./sends.db
  xqbus journal retry ./sends.db 7 9
  xqbus journal delete ./sends.db --all --dry-run`,
    );
  for (const add of JOURNAL_COMMANDS) add(journal, session);
};
