import { callsApi } from "../../api/api-command.ts";
import { printFields, printTable } from "../../table.ts";
import { timeText } from "../../time-text.ts";
import type { AddWorkflowCommand } from "../workflow.ts";

interface ShowOptions {
  readonly mermaid?: true;
}

/** Adds `workflow show`. */
export const addWorkflowShow: AddWorkflowCommand = (workflow, session) => {
  const command = workflow
    .command("show")
    .description("show a workflow with its steps")
    .argument("<id>", "id or name of the workflow")
    .option("--mermaid", "print a picture of the graph, in Mermaid's language")
    .addHelpText("after", "\nExamples:\n  xqbus workflow show Orders --mermaid");
  callsApi<ShowOptions>(command, session, async ({ api, options, output, limits }, id = "") => {
    const found = await api.workflows.get(id, limits);
    if (output.json) return output.value(found);
    if (options.mermaid === true) return output.line(found.mermaid.trimEnd());
    const { name, definition, createdAt, updatedAt } = found;
    printFields(output, [
      ["Id", found.id],
      ["Name", name],
      ["Description", definition.description],
      ["Created", timeText(createdAt)],
      ["Updated", timeText(updatedAt)],
    ]);
    const rows = definition.steps.map((step) => [
      step.name,
      step.action ?? "",
      step.after.join(", "),
      step.when?.xquery ?? "",
      step.onFailure.kind === "step" ? step.onFailure.step : step.onFailure.kind,
    ]);
    printTable(output, ["Step", "Action", "After", "When", "On failure"], rows);
  });
};
