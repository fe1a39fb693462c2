import { addJournalChange } from "../../journal-change.ts";
import type { AddJournalCommand } from "../journal.ts";

/** Adds `journal retry`: refused events that are to be sent again. */
export const addJournalRetry: AddJournalCommand = (journal, session) => {
  addJournalChange(journal, session, {
    change: "retry",
    description: "put refused events back: they are sent again when the program that uses the journal starts",
    done: (count, file) => `${count} events of ${file} will be sent again`,
    would: (count, file) => `${count} events of ${file} would be sent again`,
  });
};
