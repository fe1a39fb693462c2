import { callsApi } from "../../api/api-command.ts";
import { printListener } from "../../listener-entry.ts";
import type { AddListenerCommand } from "../listener.ts";

/** Adds `listener list`. */
export const addListenerList: AddListenerCommand = (listener, session) => {
  const command = listener
    .command("list")
    .description("list all of the event listeners in the system")
    .addHelpText("after", "\nExamples:\n  xqbus listener list\n  xqbus listener list --json");
  callsApi(command, session, async ({ api, output, limits }) => {
    const listeners = await api.listeners.list(limits);
    if (output.json) return output.value(listeners);
    for (const [at, each] of listeners.entries()) {
      if (at > 0) output.line();
      printListener(output, each);
    }
  });
};
