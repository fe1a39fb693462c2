import { callsApi } from "../../api/api-command.ts";
import { counted } from "../../../counted.ts";
import { triggersText } from "../../api/deleted-text.ts";
import type { AddActionCommand } from "../action.ts";

interface DeleteOptions {
  readonly dryRun?: true;
}

/** Adds `action delete`. */
export const addActionDelete: AddActionCommand = (action, session) => {
  const command = action
    .command("delete")
    .description("delete an action with its triggers; its runs stay")
    .argument("<id>", "id or name of the action")
    .option("--dry-run", "tell what would be deleted; nothing is")
    .addHelpText("after", '\nExamples:\n  xqbus action delete "Event handle" --dry-run');
  callsApi<DeleteOptions>(command, session, async ({ api, options, output, limits }, id = "") => {
    const { dryRun = false } = options;
    const { name } = await api.actions.get(id, limits);
    const deletion = await api.actions.delete(id, { ...limits, dryRun });
    if (output.json) return output.value({ dryRun, actions: 1, ...deletion });
    const what = `the action "${name}" and ${triggersText(deletion)}`;
    output.line(dryRun ? `would delete ${what}` : `deleted ${what}`);
    const { workflows } = deletion;
    if (workflows.length === 0) return;
    const fail = dryRun ? "would fail then" : "fail from now on";
    output.line(
      `steps of it in ${counted(workflows.length, "workflow", "workflows")} ${fail}: ${workflows.join(", ")}`,
    );
  });
};
