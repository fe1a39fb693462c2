import { callsApi } from "../../api/api-command.ts";
import { counted } from "../../../counted.ts";
import type { AddRouteCommand } from "../route.ts";

interface DeleteOptions {
  readonly dryRun?: true;
}

/** Adds `route delete`. */
export const addRouteDelete: AddRouteCommand = (route, session) => {
  const command = route
    .command("delete")
    .description("end a route, and throw away what waits for it")
    .argument("<name>", "name of the route")
    .option("--dry-run", "tell what would be deleted; nothing is")
    .addHelpText("after", "\nExamples:\n  xqbus route delete billing --dry-run");
  callsApi<DeleteOptions>(command, session, async ({ api, options, output, limits }, name = "") => {
    const { dryRun = false } = options;
    const { inQueue, inBacklog } = await api.routes.delete(name, { ...limits, dryRun });
    if (output.json) return output.value({ dryRun, routes: 1, inQueue, inBacklog });
    const queued = inQueue === undefined ? "what waits in its queue" : `${counted(inQueue, "event")} of its queue`;
    const what = `the route ${name}, ${queued} and ${counted(inBacklog, "event")} of its backlog`;
    output.line(dryRun ? `would delete ${what}` : `deleted ${what}`);
  });
};
