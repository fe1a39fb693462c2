import { counted } from "../../../counted.ts";
import { callsApi } from "../../api/api-command.ts";
import { positiveInteger } from "../../options.ts";
import { oneLine, visibleText } from "../../visible-text.ts";
import type { AddRouteCommand } from "../route.ts";

interface DiscardOptions {
  readonly dryRun?: true;
}

/** Adds `route discard`: a way out for an event that the queue of a route never takes. */
export const addRouteDiscard: AddRouteCommand = (route, session) => {
  const command = route
    .command("discard")
    .description("throw away one event that waits in the database; those behind it go on")
    .argument("<name>", "name of the route")
    .argument("<id>", "id of the event (xqbus route waiting)", positiveInteger)
    .option("--dry-run", "tell what would be thrown away; nothing is")
    .addHelpText(
      "after",
      "\nExamples:\n  xqbus route discard billing 1174 --dry-run\n  xqbus route discard billing 1174",
    );
  callsApi<DiscardOptions>(command, session, async ({ api, options, output, limits }, name = "") => {
    const { dryRun = false } = options;
    const id = Number(command.args[1]);
    const event = await api.routes.discard(name, id, { ...limits, dryRun });
    if (output.json) return output.value({ dryRun, events: 1, ...event });
    const which = event.messageId === undefined ? "without message id" : visibleText(oneLine(event.messageId));
    const what = `the event ${which} of the route ${name} (${counted(event.bytes, "byte")})`;
    output.line(dryRun ? `would discard ${what}` : `discarded ${what}`);
  });
};
