import { callsApi } from "../../api/api-command.ts";
import { printFields } from "../../table.ts";
import { timeText } from "../../time-text.ts";
import type { AddRouteCommand } from "../route.ts";

/** Adds `route show`. */
export const addRouteShow: AddRouteCommand = (route, session) => {
  const command = route
    .command("show")
    .description("show a route")
    .argument("<name>", "name of the route")
    .addHelpText("after", "\nExamples:\n  xqbus route show billing");
  callsApi(command, session, async ({ api, output, limits }, name = "") => {
    const found = await api.routes.get(name, limits);
    if (output.json) return output.value(found);
    const { orderBy } = found;
    printFields(output, [
      ["Name", found.name],
      ["Queue", found.queue],
      ["Filter", found.xquery],
      ["Language", found.language],
      ["Routing key", found.routingKey],
      ["Order by", typeof orderBy === "object" ? orderBy.xpath : orderBy],
      ["Revision", `${found.revision}`],
      ["Created", timeText(found.createdAt)],
      ["Updated", timeText(found.updatedAt)],
    ]);
  });
};
