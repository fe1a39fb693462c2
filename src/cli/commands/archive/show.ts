import { XqbusError } from "../../../errors.ts";
import { usesArchive } from "../../archive-options.ts";
import { lineOf } from "../../archived-event-text.ts";
import { visibleText } from "../../visible-text.ts";
import type { AddArchiveCommand } from "../archive.ts";

export const addArchiveShow: AddArchiveCommand = (archive, session) => {
  const command = archive
    .command("show")
    .description("an archived event")
    .argument("<id>", "its message id, or its number: #12")
    .addHelpText(
      "after",
      "\nExamples:\n  xqbus archive show 79be77a8-1a20-11e2-aeb9-1803731e94c4\n  xqbus archive show '#12'",
    );
  usesArchive(command, session, async ({ archive: source, output }, id) => {
    const entries = await source.get(id, output.json ? "json" : "xml");
    if (entries.length === 0) throw new XqbusError("xqbus:unknown-name", `the archive has no event ${visibleText(id)}`);
    for (const entry of entries) output.line(lineOf(entry, output.json ? "json" : "xml"));
  });
};
