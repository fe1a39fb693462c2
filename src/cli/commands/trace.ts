import type { AddLater } from "../later-command.ts";
import { callsApi } from "../api/api-command.ts";
import { printTimeline } from "../timeline.ts";

/** Completes `trace`: what became of one event at all listeners that it matched. */
export const addTrace: AddLater = (trace, session) => {
  trace
    .argument("<event-id>", "message id of the event")
    .addHelpText(
      "after",
      "\nExamples:\n  xqbus trace 79be77a8-1a20-11e2-aeb9-1803731e94c4\n  xqbus trace 79be77a8-1a20-11e2-aeb9-1803731e94c4 --json",
    );
  callsApi(trace, session, async ({ api, output, limits }, id = "") => {
    const found = await api.events.trace(id, limits);
    if (output.json) output.value(found);
    else printTimeline(output, found);
  });
};
