import { addJournalChange } from "../../journal-change.ts";
import type { AddJournalCommand } from "../journal.ts";

/** Adds `journal delete`: refused events that nobody wants any more. */
export const addJournalDelete: AddJournalCommand = (journal, session) => {
  addJournalChange(journal, session, {
    change: "delete",
    description: "delete refused events; what waits to be sent is never deleted",
    done: (count, file) => `deleted ${count} events from ${file}`,
    would: (count, file) => `would delete ${count} events from ${file}`,
  });
};
