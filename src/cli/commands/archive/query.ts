import { Option } from "commander";
import { addChoiceOptions, choiceOf, usesArchive, type ChoiceOptions } from "../../archive-options.ts";
import { FORMATS, formOf, headOf, lineOf, type Format } from "../../archived-event-text.ts";
import { visibleText } from "../../visible-text.ts";
import type { AddArchiveCommand } from "../archive.ts";

interface QueryOptions extends ChoiceOptions {
  readonly format: Format;
  readonly explain?: true;
  readonly json?: true;
}

export const addArchiveQuery: AddArchiveCommand = (archive, session) => {
  const command = addChoiceOptions(
    archive.command("query").description("archived events, in the order of their arrival"),
  )
    .addOption(new Option("--format <format>", "how they are printed").choices(FORMATS).default("table"))
    .option("--explain", "print what the database is asked for, and how it goes about it; no events")
    .addHelpText(
      "after",
      `
Examples:
  xqbus archive query --since 2h
  xqbus archive query --database sqlite:/var/lib/xqbus/archive.db --since 2h
  xqbus archive query --xquery '//e:NodeStatus[e:Id = "web-3"]/e:Load > 2' --format csv
  xqbus archive query --type PhoneStatus --limit 10 --format xml

Values of sensitive fields are masked.`,
    );
  usesArchive<QueryOptions>(command, session, async ({ archive: source, options, output }) => {
    const choice = choiceOf(options);
    if (options.explain === true) {
      const plan = await source.plan(choice);
      if (output.json) return output.value(plan);
      for (const { types, condition } of plan.implied) output.line(visibleText(`${types.join(", ")}: ${condition}`));
      for (const line of ["", plan.sql, `-- ${JSON.stringify(plan.parameters)}`, "", ...plan.plan]) {
        output.line(visibleText(line));
      }
      return;
    }
    const format = output.json ? "json" : options.format;
    const head = headOf(format);
    if (head !== undefined) output.line(head);
    for await (const entry of source.query(choice, formOf(format))) {
      const line = lineOf(entry, format);
      output.line(format === "table" ? visibleText(line) : line);
    }
  });
};
