import type { RunLogLine } from "../../../action/index.ts";
import { callsApi } from "../../api/api-command.ts";
import { timeText } from "../../time-text.ts";
import { oneLine, visibleText } from "../../visible-text.ts";
import type { AddRunCommand } from "../run.ts";

/** Adds `run logs`. */
export const addRunLogs: AddRunCommand = (run, session) => {
  const command = run
    .command("logs")
    .description("print what the code of a run wrote")
    .argument("<id>", "id of the run")
    .addHelpText("after", "\nExamples:\n  xqbus run logs 5eaf0db7f6f51d5255974217");
  callsApi(command, session, async ({ api, output, limits }, id = "") => {
    const all: RunLogLine[] = [];
    for await (const line of api.runs.logs(id, limits)) {
      const { at, level, text } = line;
      if (output.json) all.push(line);
      else output.line(`${timeText(at)} ${level.padEnd(5)} ${visibleText(oneLine(text))}`);
    }
    if (output.json) output.value(all);
  });
};
