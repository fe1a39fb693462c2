export type { JournalControl, RefusedOptions } from "./journal-control.ts";
export type { JournalCounts, RefusedEvent } from "./journal-entry.ts";
export { JournalFeed } from "./journal-feed.ts";
export { checkJournalOptions } from "./journal-options.ts";
export type { CheckedJournalOptions, JournalOptions } from "./journal-options.ts";
export { changeJournal } from "./change-journal.ts";
export { readJournal } from "./read-journal.ts";
export type { JournalContents } from "./read-journal.ts";
