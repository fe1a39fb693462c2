import { usesArchive } from "../../archive-options.ts";
import { printTable } from "../../table.ts";
import type { AddArchiveCommand } from "../archive.ts";

export const addArchiveStats: AddArchiveCommand = (archive, session) => {
  const command = archive
    .command("stats")
    .description("what is in the archive, by type")
    .addHelpText(
      "after",
      "\nExamples:\n  xqbus archive stats\n  xqbus archive stats --database postgres://xqbus@db/archive --json",
    );
  usesArchive(command, session, async ({ archive: opened, output }) => {
    const stats = await opened.stats();
    if (output.json) return output.value(stats);
    const { events, bytes, types } = stats;
    const rows = [...types, { type: "all", events, bytes }].map((row) => [row.type, `${row.events}`, `${row.bytes}`]);
    printTable(output, ["TYPE", "EVENTS", "BYTES"], rows);
  });
};
