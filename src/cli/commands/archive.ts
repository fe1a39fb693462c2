import type { Command } from "commander";
import type { Session } from "../command.ts";
import type { AddLater } from "../later-command.ts";
import { addArchiveCheck } from "./archive/check.ts";
import { addArchiveExport } from "./archive/export.ts";
import { addArchiveQuery } from "./archive/query.ts";
import { addArchiveReplay } from "./archive/replay.ts";
import { addArchiveShow } from "./archive/show.ts";
import { addArchiveStats } from "./archive/stats.ts";

/** Adds one command to the noun `archive`; one file in `commands/archive/` each. */
export type AddArchiveCommand = (archive: Command, session: Session) => void;

const ARCHIVE_COMMANDS: readonly AddArchiveCommand[] = [
  addArchiveQuery,
  addArchiveShow,
  addArchiveStats,
  addArchiveCheck,
  addArchiveExport,
  addArchiveReplay,
];

/** Adds what there is for archives. */
export const addArchive: AddLater = (archive, session) => {
  for (const add of ARCHIVE_COMMANDS) add(archive, session);
  archive.addHelpText(
    "after",
    `
Examples:
  xqbus archive stats --database sqlite:/var/lib/xqbus/archive.db
  xqbus archive query --since 2h --xquery '//e:Status = "busy"'
  xqbus archive replay --type PhoneStatus --to billing --dry-run

A daemon archives events when its configuration has [archive]: docs/archive.md.`,
  );
};
