import type { Command } from "commander";
import { callsApi } from "../../api/api-command.ts";
import { attemptText } from "../../attempt-text.ts";
import type { Session } from "../../command.ts";
import { printFields } from "../../table.ts";
import { timeText } from "../../time-text.ts";

/** Adds `delivery show`: one event at one listener, with all attempts. */
export function addDeliveryShow(delivery: Command, session: Session): void {
  const command = delivery
    .command("show")
    .description("show what became of one event at one listener, with all attempts")
    .argument("<id>", "id of the delivery (xqbus listener deliveries)")
    .addHelpText("after", "\nExamples:\n  xqbus delivery show 5081a42ce19a00ea43000010");
  callsApi(command, session, async ({ api, output, limits }, id = "") => {
    const found = await api.deliveries.get(id, limits);
    if (output.json) return output.value(found);
    const { reason, error, nextAttemptAt, redrives } = found;
    printFields(output, [
      ["Id", found.id],
      ["Listener", found.listener],
      ["Event", found.eventId],
      ["Event Type", found.eventType],
      ["Subject", found.subject],
      ["State", reason === undefined ? found.state : `${found.state} (${reason})`],
      ["Error", error],
      ["Accepted", timeText(found.acceptedAt)],
      ["Next Attempt", nextAttemptAt === undefined ? undefined : timeText(nextAttemptAt)],
      ["Redrives", redrives === 0 ? undefined : `${redrives}`],
    ]);
    if (found.attempts.length === 0) return;
    output.line("Attempts:");
    printFields(
      output,
      found.attempts.map((attempt) => [`${attempt.number}`, `${timeText(attempt.startedAt)}  ${attemptText(attempt)}`]),
      { indent: "  " },
    );
  });
}
