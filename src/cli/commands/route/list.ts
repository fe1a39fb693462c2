import { callsApi } from "../../api/api-command.ts";
import { printTable } from "../../table.ts";
import { oneLine } from "../../visible-text.ts";
import type { AddRouteCommand } from "../route.ts";

/** Adds `route list`. */
export const addRouteList: AddRouteCommand = (route, session) => {
  const command = route
    .command("list")
    .description("list all routes")
    .addHelpText("after", "\nExamples:\n  xqbus route list");
  callsApi(command, session, async ({ api, output, limits }) => {
    const routes = await api.routes.list(limits);
    if (output.json) return output.value(routes);
    const rows = routes.map(({ name, queue, routingKey = "#", xquery = "" }) => [
      name,
      queue,
      routingKey,
      oneLine(xquery),
    ]);
    printTable(output, ["Name", "Queue", "Routing key", "Filter"], rows);
  });
};
