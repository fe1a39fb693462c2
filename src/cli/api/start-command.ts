import type { Command } from "commander";
import type { Session } from "../command.ts";
import { readJson } from "../read-json.ts";
import { callsApi } from "./api-command.ts";

/** The command `action start` or `workflow start`: gives rows, and tells the run. @param example a name */
export function startCommand(
  kind: "action" | "workflow",
  example: string,
): (parent: Command, session: Session) => void {
  const line = `xqbus ${kind} start ${example}`;
  return (parent, session) => {
    const command = parent
      .command("start")
      .description(`start ${kind === "action" ? "an action" : "a workflow"} with rows`)
      .argument("<id>", `id or name of the ${kind}`)
      .argument(
        "[file]",
        "file with JSON, usually a list of rows; - (the default) is standard input, which may be empty",
      )
      .addHelpText("after", `\nExamples:\n  ${line} rows.json\n  echo '[{"event_id": 1}]' | ${line}`);
    callsApi(command, session, async ({ api, output, limits, session: { io } }, id = "", file = "") => {
      const content = await readJson(file === "" ? "-" : file, io, { emptyIs: file === "" ? null : undefined });
      const things = kind === "action" ? api.actions : api.workflows;
      const found = await things.get(id, limits);
      const run = await things.start(found.id, content, limits);
      if (output.json) output.value(run);
      else output.line(`${kind === "action" ? "Action" : "Workflow"} started: run ${run.id}`);
    });
  };
}
