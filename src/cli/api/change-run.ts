import type { Command } from "commander";
import type { Session } from "../command.ts";
import { callsApi } from "./api-command.ts";

/** What is done with a run that is there. */
export type RunVerb = "cancel" | "retry";

/**
 * The command `run cancel`, `workflow retry`, …: changes a run and tells its state.
 *
 * @param noun what it is below
 */
export function changeRunCommand(
  noun: "run" | "workflow",
  verb: RunVerb,
  description: string,
): (parent: Command, session: Session) => void {
  return (parent, session) => {
    const command = parent
      .command(verb)
      .description(description)
      .argument("<id>", "id of the run")
      .addHelpText("after", `\nExamples:\n  xqbus ${noun} ${verb} 5eaf0db7f6f51d5255974217`);
    callsApi(command, session, async ({ api, output, limits }, id = "") => {
      const { id: changed, state } = await api.runs[verb](id, limits);
      if (output.json) output.value({ id: changed, state });
      else output.line(`run ${changed} is ${state}`);
    });
  };
}
