import { Option } from "commander";
import { EXPORT_FORMATS, exportEvents, refuseTaken, type ExportFormat } from "../../archive/export-events.ts";
import { addChoiceOptions, choiceOf, usesArchive, type ChoiceOptions } from "../../archive-options.ts";
import { visibleText } from "../../visible-text.ts";
import type { AddArchiveCommand } from "../archive.ts";

interface ExportOptions extends ChoiceOptions {
  readonly format: ExportFormat;
  readonly force?: true;
  readonly dryRun?: true;
}

export const addArchiveExport: AddArchiveCommand = (archive, session) => {
  const command = addChoiceOptions(
    archive
      .command("export")
      .description("write archived events to files")
      .argument("<path>", "xml: a folder, which gets a file for each event; ndjson and csv: a file"),
  )
    .addOption(new Option("--format <format>", "what is written").choices(EXPORT_FORMATS).default("xml"))
    .option("--force", "overwrite files that are there already")
    .option("--dry-run", "count only")
    .addHelpText(
      "after",
      `
Examples:
  xqbus archive export ./events --since 2h --type PhoneStatus
  xqbus archive export busy.ndjson --format ndjson --xquery '//e:Status = "busy"'
  xqbus archive export all.csv --format csv --dry-run

Files of XML are named by number and type: 12-PhoneStatus.xml. Values of sensitive fields are masked. An export that is interrupted leaves
what it has written.`,
    );
  usesArchive<ExportOptions>(command, session, async ({ archive: source, options, output }, path) => {
    const { format, force = false, dryRun = false } = options;
    const choice = choiceOf(options);
    if (!dryRun) await refuseTaken(path, format, force);
    const events = dryRun ? await source.count(choice) : await exportEvents(source, choice, { path, format, force });
    if (output.json) return output.value({ path, format, events, dryRun });
    output.line(visibleText(`${events} events ${dryRun ? "would be" : "were"} written to ${path}`));
  });
};
