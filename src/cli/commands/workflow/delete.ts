import { callsApi } from "../../api/api-command.ts";
import { triggersText } from "../../api/deleted-text.ts";
import type { AddWorkflowCommand } from "../workflow.ts";

interface DeleteOptions {
  readonly dryRun?: true;
}

/** Adds `workflow delete`. */
export const addWorkflowDelete: AddWorkflowCommand = (workflow, session) => {
  const command = workflow
    .command("delete")
    .description("delete a workflow with its triggers; runs that are under way go on")
    .argument("<id>", "id or name of the workflow")
    .option("--dry-run", "tell what would be deleted; nothing is")
    .addHelpText("after", "\nExamples:\n  xqbus workflow delete Orders --dry-run\n  xqbus workflow delete Orders");
  callsApi<DeleteOptions>(command, session, async ({ api, options, output, limits }, id = "") => {
    const { dryRun = false } = options;
    const { name, ...deletion } = await api.workflows.delete(id, { ...limits, dryRun });
    if (output.json) return output.value({ dryRun, workflows: 1, ...deletion });
    const what = `the workflow "${name}" and ${triggersText(deletion)}`;
    output.line(dryRun ? `would delete ${what}` : `deleted ${what}`);
  });
};
