import { callsApi } from "../../api/api-command.ts";
import { printFields } from "../../table.ts";
import { timeText } from "../../time-text.ts";
import { visibleText } from "../../visible-text.ts";
import type { AddDlqCommand } from "../dlq.ts";

interface ShowOptions {
  readonly raw?: true;
}

/** Adds `dlq show`. */
export const addDlqShow: AddDlqCommand = (dlq, session) => {
  const command = dlq
    .command("show")
    .description("show a dead letter with its document, without the values of sensitive fields")
    .argument("<id>", "id of the dead letter")
    .option("--raw", "with the values of sensitive fields; needs the right to redrive")
    .addHelpText("after", "\nExamples:\n  xqbus dlq show queue-1763753400123000");
  callsApi<ShowOptions>(command, session, async ({ api, options, output, limits }, id = "") => {
    const { document, ...letter } = await api.deadLetters.show(id, { ...limits, ...options });
    const text = Buffer.from(document).toString("utf8");
    if (output.json) return output.value({ ...letter, document: text });
    printFields(output, [
      ["Id", letter.id],
      ["Subscription", `${letter.subscription} (${letter.kind})`],
      ["Reason", letter.reason],
      ["Error", letter.error],
      ["Time", timeText(letter.at)],
      ["Attempts", `${letter.attempts}`],
      ["Redrives", `${letter.redrives}`],
      ["Event", letter.eventId],
      ["Event Type", letter.eventType],
      ["Subject", letter.subject],
      ["Bytes", `${letter.bytes}`],
    ]);
    output.line();
    output.line(visibleText(text).trimEnd());
  });
};
