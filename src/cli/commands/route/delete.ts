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
    const backlog = `${counted(inBacklog, "event")} of its backlog`;
    if (dryRun) return output.line(`would delete the route ${name}, what waits in its queue and ${backlog}`);
    if (inQueue !== undefined) {
      return output.line(`deleted the route ${name}, ${counted(inQueue, "event")} of its queue and ${backlog}`);
    }
    output.line(`deleted the route ${name} and ${backlog}`);
    const hint = "the log of the daemon says why; repeat the command to try it again";
    output.warning(`what waits in its queue stays there: it could not be emptied (${hint})`, { route: name });
  });
};
