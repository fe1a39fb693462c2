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
    const { logs } = await api.runs.get(id, limits);
    if (output.json) return output.value(logs);
    for (const { at, level, text } of logs) {
      output.line(`${timeText(at)} ${level.padEnd(5)} ${visibleText(oneLine(text))}`);
    }
  });
};
