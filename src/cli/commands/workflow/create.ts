import type { WorkflowEntry, WorkflowText } from "../../../server/api-client/index.ts";
import { callsApi, type ApiCall } from "../../api/api-command.ts";
import { counted } from "../../../counted.ts";
import { readWorkflow } from "../../read-workflow.ts";
import type { AddWorkflowCommand } from "../workflow.ts";

interface CreateOptions {
  readonly dryRun?: true;
}

/** Adds `workflow create`. */
export const addWorkflowCreate: AddWorkflowCommand = (workflow, session) => {
  const command = workflow
    .command("create")
    .description("make a workflow of a definition")
    .argument("<file>", "TOML file, or module whose default export is a definition; - for TOML on standard input")
    .option("--dry-run", "check it against the actions of the daemon; nothing is made")
    .addHelpText("after", "\nExamples:\n  xqbus workflow create workflows/orders.toml");
  callsApi<CreateOptions>(command, session, async (call, file = "") => {
    const { given } = await readWorkflow(file, call.session.io);
    if (await onlyChecked(call, given)) return;
    show(call, await call.api.workflows.create(given, call.limits), "created");
  });
};

/** Adds `workflow update`. */
export const addWorkflowUpdate: AddWorkflowCommand = (workflow, session) => {
  const command = workflow
    .command("update")
    .description("give a workflow another definition; runs that are under way keep theirs")
    .argument("<id>", "id or name of the workflow")
    .argument("<file>", "TOML file, or module whose default export is a definition; - for TOML on standard input")
    .option("--dry-run", "check it against the actions of the daemon; nothing is changed")
    .addHelpText("after", "\nExamples:\n  xqbus workflow update Orders workflows/orders.toml");
  callsApi<CreateOptions>(command, session, async (call, id = "", file = "") => {
    const { given } = await readWorkflow(file, call.session.io);
    if (await onlyChecked(call, given)) return;
    show(call, await call.api.workflows.update(id, given, call.limits), "updated");
  });
};

async function onlyChecked(
  { api, options, output, limits }: ApiCall<CreateOptions>,
  given: WorkflowText,
): Promise<boolean> {
  if (options.dryRun !== true) return false;
  const { name, steps } = await api.workflows.check(given, limits);
  if (output.json) output.value({ dryRun: true, name, steps });
  else output.line(`the workflow "${name}" is right, with ${counted(steps, "step", "steps")}`);
  return true;
}

function show({ output }: ApiCall<CreateOptions>, workflow: WorkflowEntry, what: string): void {
  if (output.json) output.value(workflow);
  else output.line(`Workflow successfully ${what}: ${workflow.id} ${workflow.name}`);
}
