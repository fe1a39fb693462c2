import { callsApi } from "../../api/api-command.ts";
import { counted } from "../../../counted.ts";
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
    const { triggers } = await api.actions.delete(id, { ...limits, dryRun });
    if (output.json) return output.value({ dryRun, actions: 1, triggers });
    const what = `the action "${name}" and ${counted(triggers, "trigger", "triggers")}`;
    output.line(dryRun ? `would delete ${what}` : `deleted ${what}`);
  });
};
