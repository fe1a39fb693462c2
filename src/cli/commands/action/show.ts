import { callsApi } from "../../api/api-command.ts";
import { printFields } from "../../table.ts";
import { timeText } from "../../time-text.ts";
import type { AddActionCommand } from "../action.ts";

/** Adds `action show`. */
export const addActionShow: AddActionCommand = (action, session) => {
  const command = action
    .command("show")
    .description("show an action and what starts it")
    .argument("<id>", "id or name of the action")
    .addHelpText("after", '\nExamples:\n  xqbus action show "Event handle"');
  callsApi(command, session, async ({ api, output, limits }, id = "") => {
    const found = await api.actions.get(id, limits);
    const triggers = await api.actions.triggers(id, limits);
    if (output.json) return output.value({ ...found, triggers });
    printFields(output, [
      ["Id", found.id],
      ["Name", found.name],
      ["Module", found.module],
      ["Function", found.function],
      ["Time-out", `${found.timeoutMs} ms`],
      ["Retry", found.retry],
      ["Concurrency", found.concurrency === undefined ? undefined : `${found.concurrency}`],
      ["Created", timeText(found.createdAt)],
      ["Updated", timeText(found.updatedAt)],
      ...triggers.map(({ id: trigger, text }) => ["Trigger", `${text} (${trigger})`] as const),
    ]);
  });
};
