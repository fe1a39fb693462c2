import type { Listener } from "../../../listener/index.ts";
import { callsApi, type ApiCall } from "../../api/api-command.ts";
import type { AddListenerCommand } from "../listener.ts";

/** Adds `listener pause`. */
export const addListenerPause: AddListenerCommand = stateCommand(
  "pause",
  "deliver nothing until it is resumed; events wait, and none is lost",
  ({ api, limits }, id) => api.listeners.pause(id, limits),
);

/** Adds `listener resume`. */
export const addListenerResume: AddListenerCommand = stateCommand(
  "resume",
  "deliver again: after a pause, when it has disabled itself, or before the next probe of one that is broken",
  ({ api, limits }, id) => api.listeners.resume(id, limits),
);

function stateCommand(
  verb: "pause" | "resume",
  description: string,
  change: (call: ApiCall<object>, id: string) => Promise<Listener>,
): AddListenerCommand {
  return (listener, session) => {
    const command = listener
      .command(verb)
      .description(description)
      .argument("<id>", "id of the listener")
      .addHelpText("after", `\nExamples:\n  xqbus listener ${verb} 5081a42ce19a00ea4300000e`);
    callsApi(command, session, async (call, id = "") => {
      const changed = await change(call, id);
      if (call.output.json) call.output.value(changed);
      else call.output.line(`the listener is ${changed.state}; ${changed.counts.waiting} deliveries wait`);
    });
  };
}
