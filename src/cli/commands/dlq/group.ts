import { callsApi } from "../../api/api-command.ts";
import { printTable } from "../../table.ts";
import { timeText } from "../../time-text.ts";
import type { AddDlqCommand } from "../dlq.ts";
import { addSelectionOptions, selectionOf, type SelectionOptions } from "./selection.ts";

/** Adds `dlq group`: what fails, and why. */
export const addDlqGroup: AddDlqCommand = (dlq, session) => {
  const command = addSelectionOptions(
    dlq
      .command("group")
      .description("count dead letters that have subscription, reason, event type and error in common"),
  ).addHelpText("after", "\nExamples:\n  xqbus dlq group\n  xqbus dlq group --reason rejected --json");
  callsApi<SelectionOptions>(command, session, async ({ api, options, output, limits }) => {
    const groups = await api.deadLetters.groups(selectionOf([], options), limits);
    if (output.json) return output.value(groups);
    const rows = groups.map(({ count, subscription, reason, eventType, latest, example, error }) => [
      ...[`${count}`, subscription, reason, eventType ?? "-", timeText(latest), example, error ?? ""],
    ]);
    printTable(output, ["COUNT", "SUBSCRIPTION", "REASON", "EVENT TYPE", "LATEST", "ONE OF THEM", "ERROR"], rows);
  });
};
