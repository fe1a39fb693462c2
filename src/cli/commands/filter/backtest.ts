import { formatExplanation } from "../../../filter/index.ts";
import type { ArchiveBacktest } from "../../../server/api-client/index.ts";
import { addChoiceOptions, choiceOf, usesArchive, type ChoiceOptions } from "../../archive-options.ts";
import { lineOf } from "../../archived-event-text.ts";
import type { Output } from "../../io.ts";
import { visibleText } from "../../visible-text.ts";
import type { AddFilterCommand } from "../filter.ts";

interface BacktestOptions extends Omit<ChoiceOptions, "limit"> {
  readonly xquery: string;
}

export const addFilterBacktest: AddFilterCommand = (filter, session) => {
  const command = filter
    .command("backtest")
    .description("which archived events a filter would have matched, and which nearly")
    .requiredOption("--xquery <query>", "the filter");
  addChoiceOptions(command, { hasFilter: false, hasLimit: false }).addHelpText(
    "after",
    `
Examples:
  xqbus filter backtest --database sqlite:/var/lib/xqbus/archive.db --since 7d --xquery '//e:Load > 2'`,
  );
  usesArchive<BacktestOptions>(command, session, async ({ archive, options, output }) => {
    const choice = { ...choiceOf(options), xquery: options.xquery };
    const found = await archive.backtest(choice, output.json ? "json" : "xml");
    if (output.json) output.value(found);
    else show(found, output);
  });
};

function show({ matched, filterErrors, hits, nearMisses }: ArchiveBacktest, output: Output): void {
  const failed = filterErrors === 0 ? "" : `; the filter failed on ${filterErrors}`;
  output.line(`archived events that match: ${matched}${failed}`);
  for (const entry of hits) output.line(visibleText(`✓ #${entry.number} ${lineOf(entry, "xml")}`));
  for (const { event, explanation } of nearMisses) {
    output.line(visibleText(`✗ #${event.number} ${lineOf(event, "xml")}`));
    for (const line of formatExplanation(explanation).split("\n")) output.line(visibleText(`    ${line}`.trimEnd()));
  }
}
