import { callsApi } from "../../api/api-command.ts";
import type { AddListenerCommand } from "../listener.ts";

/** Adds `listener retry`: one more time for what was delivered or is a dead letter. */
export const addListenerRetry: AddListenerCommand = (listener, session) => {
  const command = listener
    .command("retry")
    .description("deliver again what was delivered or is a dead letter; the event is validated before")
    .argument("<delivery>", "id of the delivery (xqbus listener deliveries)")
    .addHelpText("after", "\nExamples:\n  xqbus listener retry 5081a42ce19a00ea43000010");
  callsApi(command, session, async ({ api, output, limits }, id = "") => {
    const delivery = await api.deliveries.retry(id, limits);
    if (output.json) output.value(delivery);
    else
      output.line(
        `${delivery.eventType} ${delivery.eventId} will be delivered again to the listener ${delivery.listener}`,
      );
  });
};
