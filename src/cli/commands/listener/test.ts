import { callsApi } from "../../api/api-command.ts";
import { EXIT } from "../../exit-code.ts";
import { oneLine, visibleText } from "../../visible-text.ts";
import type { AddListenerCommand } from "../listener.ts";

interface TestOptions {
  readonly eventType?: string;
}

/** Adds `listener test`: one attempt with a sample. */
export const addListenerTest: AddListenerCommand = (listener, session) => {
  const command = listener
    .command("test")
    .description("send a sample of an event that the listener wants, once; nothing is recorded")
    .argument("<id>", "id of the listener")
    .option("--event-type <type>", "a sample of this type (default: the first one that it wants)")
    .addHelpText(
      "after",
      "\nExamples:\n  xqbus listener test 5081a42ce19a00ea4300000e\n\nThe exit code is 1 when the receiver did not take it.",
    );
  callsApi<TestOptions>(command, session, async ({ api, options, output, limits }, id = "") => {
    const result = await api.listeners.test(id, { ...limits, ...options });
    const { eventType, outcome, status, error, excerpt, elapsedMs } = result;
    if (outcome !== "delivered") session.exitCode = EXIT.failure;
    if (output.json) return output.value(result);
    const parts = [status === undefined ? undefined : `status ${status}`, error, excerpt].filter((part) => part);
    const text = parts.length === 0 ? "" : `: ${parts.join(", ")}`;
    const mark = output.style(outcome === "delivered" ? "green" : "red", outcome);
    output.line(`${mark} in ${Math.round(elapsedMs)} ms, a sample of ${visibleText(oneLine(`${eventType}${text}`))}`);
  });
};
