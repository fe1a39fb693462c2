import { callsApi } from "../../api/api-command.ts";
import { queueRow, QUEUE_HEAD } from "../../queue-row.ts";
import { printTable } from "../../table.ts";
import type { AddSubscriptionCommand } from "../subscription.ts";

/** Adds `subscription list`: the subscriptions of a daemon's broker. */
export const addSubscriptionList: AddSubscriptionCommand = (subscription, session) => {
  const command = subscription
    .command("list")
    .description("list the subscriptions of the broker of a daemon, which is found by its HTTP API")
    .addHelpText(
      "after",
      "\nExamples:\n  xqbus subscription list\n  xqbus subscription list --json    with their filters",
    );
  callsApi(command, session, async ({ api, output, limits }) => {
    const subscriptions = await api.broker.subscriptions(limits);
    if (output.json) return output.value(subscriptions);
    const rows = subscriptions.map((each) => [
      ...[each.topic, ...queueRow(each), `${each.consumers}`, each.kept ? "yes" : "no", `${each.filterErrors}`],
      each.name,
    ]);
    printTable(output, ["TOPIC", ...QUEUE_HEAD, "CONSUMERS", "KEPT", "FILTER ERRORS", "NAME"], rows);
  });
};
