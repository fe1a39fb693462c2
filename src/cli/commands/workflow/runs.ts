import type { WorkflowRunReport } from "../../../action/index.ts";
import { callsApi } from "../../api/api-command.ts";
import type { Output } from "../../io.ts";
import { printFields, printTable } from "../../table.ts";
import { timeText } from "../../time-text.ts";
import type { AddWorkflowCommand } from "../workflow.ts";

interface RunsOptions {
  readonly of?: true;
  readonly mermaid?: true;
}

/** Adds `workflow runs`: those of a workflow, or one with its steps. */
export const addWorkflowRuns: AddWorkflowCommand = (workflow, session) => {
  const command = workflow
    .command("runs")
    .description("list the latest runs of a workflow, or show where the steps of one run are")
    .argument("<id>", "id of a run; with --of: id or name of a workflow")
    .option("--of", "list the runs of this workflow")
    .option("--mermaid", "print a picture of the run, in Mermaid's language")
    .addHelpText(
      "after",
      "\nExamples:\n  xqbus workflow runs --of Orders\n  xqbus workflow runs 5eaf0db7f6f51d5255974217 --mermaid",
    );
  callsApi<RunsOptions>(command, session, async ({ api, options, output, limits }, id = "") => {
    if (options.of === true) {
      const runs = await api.workflows.runs(id, limits);
      if (output.json) return output.value(runs);
      const rows = runs.map((run) => [run.id, run.state, timeText(run.createdAt), run.error?.message ?? ""]);
      return printTable(output, ["Run", "State", "Started", "Error"], rows);
    }
    const run = await api.workflows.run(id, limits);
    if (output.json) return output.value(run);
    if (options.mermaid === true) return output.line(run.mermaid.trimEnd());
    printRun(output, run);
  });
};

function printRun(output: Output, { id, name, state, error, createdAt, endedAt, steps }: WorkflowRunReport): void {
  printFields(output, [
    ["Run", id],
    ["Workflow", name],
    ["State", state],
    ["Error", error?.message],
    ["Started", timeText(createdAt)],
    ["Ended", endedAt === undefined ? undefined : timeText(endedAt)],
  ]);
  const rows = steps.map(({ step, status, run = "", attempts, error: why }) => [
    step,
    status,
    run,
    `${attempts}`,
    why?.message ?? "",
  ]);
  printTable(output, ["Step", "Status", "Run", "Attempts", "Error"], rows);
}
