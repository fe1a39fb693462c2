import { callsApi } from "../../api/api-command.ts";
import { printTable } from "../../table.ts";
import { timeText } from "../../time-text.ts";
import type { AddWorkflowCommand } from "../workflow.ts";

/** Adds `workflow list`. */
export const addWorkflowList: AddWorkflowCommand = (workflow, session) => {
  const command = workflow
    .command("list")
    .description("list all workflows")
    .addHelpText("after", "\nExamples:\n  xqbus workflow list");
  callsApi(command, session, async ({ api, output, limits }) => {
    const workflows = await api.workflows.list(limits);
    if (output.json) return output.value(workflows);
    const rows = workflows.map(({ id, name, definition, updatedAt }) => [
      id,
      name,
      `${definition.steps.length}`,
      timeText(updatedAt),
    ]);
    printTable(output, ["Id", "Name", "Steps", "Updated"], rows);
  });
};
