import type { RouteInput } from "../../../router/index.ts";
import { callsApi } from "../../api/api-command.ts";
import type { AddRouteCommand } from "../route.ts";
import { given } from "../../given.ts";

interface CreateOptions {
  readonly xquery?: string;
  readonly routingKey?: string;
  readonly orderBy?: string;
  readonly dryRun?: true;
}

/** Adds `route create`. */
export const addRouteCreate: AddRouteCommand = (route, session) => {
  const command = route
    .command("create")
    .description("make a route, or change what it wants")
    .argument("<name>", "name of the route: letters, digits, dots")
    .option("--xquery <filter>", "events that are wanted; default: all")
    .option("--routing-key <pattern>", "their routing keys: * is a word, # any number of them")
    .option("--order-by <key>", "group-id, or an XPath: events of the same key come in their order")
    .option("--dry-run", "tell what would be done; nothing is")
    .addHelpText(
      "after",
      `
Examples:
  xqbus route create billing --xquery '//e:Status = "busy"'
  xqbus route create calls --order-by //e:CallerId --dry-run`,
    );
  callsApi<CreateOptions>(command, session, async ({ api, options, output, limits }, name = "") => {
    const { xquery, routingKey, orderBy, dryRun = false } = options;
    const order: RouteInput["orderBy"] = orderBy === undefined || orderBy === "group-id" ? orderBy : { xpath: orderBy };
    const input: RouteInput = given({ xquery, routingKey, orderBy: order });
    const { route: found, change } = await api.routes.put(name, input, { ...limits, dryRun });
    if (output.json) return output.value({ dryRun, change, route: found });
    output.line(`the route ${name} ${dryRun ? "would be" : "is"} ${change}; its queue: ${found.queue}`);
  });
};
