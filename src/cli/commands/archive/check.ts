import { addChoiceOptions, choiceOf, usesArchive, type ChoiceOptions } from "../../archive-options.ts";
import { EXIT } from "../../exit-code.ts";
import { visibleText } from "../../visible-text.ts";
import type { AddArchiveCommand } from "../archive.ts";

interface CheckOptions extends ChoiceOptions {
  readonly against?: string;
}

export const addArchiveCheck: AddArchiveCommand = (archive, session) => {
  const command = addChoiceOptions(
    archive.command("check").description("how many archived events would not be valid now, by type"),
    { hasFilter: false },
  )
    .option(
      "--against <dir>",
      "folder with other XSD files, such as those of a change (with --database only; default: --schemas)",
    )
    .addHelpText(
      "after",
      "\nExamples:\n  xqbus archive check --against ./schemas/events --since 30d\n\nThe exit code is 1 when there are some.",
    );
  usesArchive<CheckOptions>(command, session, async ({ archive: source, options, output }) => {
    const checked = await source.check(choiceOf(options), options.against);
    if (checked.some(({ invalid }) => invalid > 0)) session.exitCode = EXIT.failure;
    if (output.json) return output.value(checked);
    for (const { type, events, invalid, problems } of checked) {
      output.line(visibleText(`${type}: ${invalid} of ${events} not valid`));
      for (const { number, problem } of problems) output.line(visibleText(`  #${number}: ${problem}`));
    }
  });
};
