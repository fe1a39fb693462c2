import { callsApi } from "../../api/api-command.ts";
import { limitOption } from "../../options.ts";
import { printTable } from "../../table.ts";
import { timeText } from "../../time-text.ts";
import type { AddDlqCommand } from "../dlq.ts";
import { addSelectionOptions, selectionOf, type SelectionOptions } from "./selection.ts";

interface ListOptions extends SelectionOptions {
  readonly after?: string;
  readonly limit: number;
}

/** Adds `dlq list`. */
export const addDlqList: AddDlqCommand = (dlq, session) => {
  const command = addSelectionOptions(
    dlq
      .command("list")
      .description("list dead letters: those of listeners, then those of the broker, the oldest first"),
  )
    .option("--after <id>", "those behind this one in the list")
    .addOption(limitOption(100))
    .addHelpText("after", "\nExamples:\n  xqbus dlq list\n  xqbus dlq list --event-type PhoneStatus --json");
  callsApi<ListOptions>(command, session, async ({ api, options, output, limits }) => {
    const { after, limit } = options;
    const query = { ...selectionOf([], options), limit, ...(after === undefined ? {} : { after }) };
    const letters = await api.deadLetters.list(query, limits);
    if (output.json) return output.value(letters);
    const rows = letters.map(({ id, at, subscription, eventType, reason, attempts, redrives, error }) => [
      ...[id, timeText(at), subscription, eventType ?? "-", reason, `${attempts}`, `${redrives}`, error ?? ""],
    ]);
    printTable(output, ["ID", "TIME", "SUBSCRIPTION", "EVENT TYPE", "REASON", "ATTEMPTS", "REDRIVES", "ERROR"], rows);
    if (letters.length === limit) output.note(`there may be more: --after ${letters.at(-1)?.id ?? ""}`);
  });
};
