import { callsApi } from "../../api/api-command.ts";
import { counted } from "../../../counted.ts";
import type { AddListenerCommand } from "../listener.ts";

interface DeleteOptions {
  readonly dryRun?: true;
}

/** Adds `listener delete`. */
export const addListenerDelete: AddListenerCommand = (listener, session) => {
  const command = listener
    .command("delete")
    .description("delete an event listener, with the deliveries that wait and its dead letters")
    .argument("<id>", "id of the listener")
    .option("--dry-run", "tell how many deliveries wait; nothing is deleted")
    .addHelpText(
      "after",
      "\nExamples:\n  xqbus listener delete 5081a42ce19a00ea4300000e --dry-run\n  xqbus listener delete 5081a42ce19a00ea4300000e",
    );
  callsApi<DeleteOptions>(command, session, async ({ api, options, output, limits }, id = "") => {
    const { dryRun = false } = options;
    const { waiting } = await api.listeners.delete(id, { ...limits, dryRun });
    if (output.json) return output.value({ dryRun, listeners: 1, waiting });
    const wait = `${counted(waiting, "delivery", "deliveries")} that waited`;
    output.line(dryRun ? `would delete 1 event listener and ${wait}` : "Event listener successfully deleted");
    if (!dryRun && waiting > 0) output.note(`with ${wait}`);
  });
};
