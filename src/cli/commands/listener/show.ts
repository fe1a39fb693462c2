import { callsApi } from "../../api/api-command.ts";
import { printListener } from "../../listener-entry.ts";
import { printFields } from "../../table.ts";
import { timeText } from "../../time-text.ts";
import type { AddListenerCommand } from "../listener.ts";

/** Adds `listener show`: one listener with its limits and counts. */
export const addListenerShow: AddListenerCommand = (listener, session) => {
  const command = listener
    .command("show")
    .description("show a listener with its limits, and what became of its deliveries in all daemons of the bus")
    .argument("<id>", "id of the listener")
    .addHelpText("after", "\nExamples:\n  xqbus listener show 5081a42ce19a00ea4300000e");
  callsApi(command, session, async ({ api, output, limits }, id = "") => {
    const found = await api.listeners.get(id, limits);
    if (output.json) return output.value(found);
    printListener(output, found);
    const { counts, retry, concurrency, timeoutMs, maxWaiting, createdAt, updatedAt } = found;
    printFields(
      output,
      [
        ["Retry", retry],
        ["Concurrency", `${concurrency}`],
        ["Attempt Timeout", `${timeoutMs / 1000} s`],
        ["Max Waiting", `${maxWaiting}`],
        ["Created", timeText(createdAt)],
        ["Updated", timeText(updatedAt)],
      ],
      { width: 19 },
    );
    output.line("Deliveries:");
    printFields(
      output,
      [
        ["Matched", `${counts.matched}`],
        ["Delivered", `${counts.delivered}`],
        ["Waiting", `${counts.waiting}`],
        ["Failed Attempts", `${counts.failedAttempts}`],
        ["Dead Letters", `${counts.deadLettered}`],
        ["Filter Errors", `${counts.filterErrors}`],
      ],
      { indent: "  " },
    );
  });
};
