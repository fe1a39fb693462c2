import { Option } from "commander";
import { callsApi } from "../../api/api-command.ts";
import { limitOption, positiveInteger } from "../../options.ts";
import { printTable } from "../../table.ts";
import { timeText } from "../../time-text.ts";
import { oneLine } from "../../visible-text.ts";
import type { AddRouteCommand } from "../route.ts";

interface WaitingOptions {
  readonly after?: number;
  readonly limit: number;
}

/** Adds `route waiting`: events that the queue of a route does not take. */
export const addRouteWaiting: AddRouteCommand = (route, session) => {
  const command = route
    .command("waiting")
    .description("list events that wait in the database because the queue does not take them, the oldest first")
    .argument("<name>", "name of the route")
    .addOption(new Option("--after <id>", "those behind this one in the list").argParser(positiveInteger))
    .addOption(limitOption(100))
    .addHelpText(
      "after",
      "\nExamples:\n  xqbus route waiting billing\n  xqbus route waiting billing --after 1200 --json",
    );
  callsApi<WaitingOptions>(command, session, async ({ api, options, output, limits }, name = "") => {
    const { after, limit } = options;
    const { items, next } = await api.routes.waiting(name, { ...limits, after, limit });
    if (output.json) return output.value(items);
    const rows = items.map(({ id, since, messageId, subject, bytes, reason }) => [
      ...[`${id}`, timeText(since), oneLine(messageId ?? "-"), oneLine(subject ?? "-"), `${bytes}`, oneLine(reason)],
    ]);
    printTable(output, ["ID", "SINCE", "EVENT", "ROUTING KEY", "BYTES", "REASON"], rows);
    if (next !== undefined) output.note(`there are more: --after ${next}`);
  });
};
