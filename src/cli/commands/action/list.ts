import { callsApi } from "../../api/api-command.ts";
import { printTable } from "../../table.ts";
import type { AddActionCommand } from "../action.ts";

/** Adds `action list`. */
export const addActionList: AddActionCommand = (action, session) => {
  const command = action
    .command("list")
    .description("list all actions")
    .addHelpText("after", "\nExamples:\n  xqbus action list");
  callsApi(command, session, async ({ api, output, limits }) => {
    const actions = await api.actions.list(limits);
    if (output.json) return output.value(actions);
    const rows = actions.map(({ id, name, module, function: exported }) => [id, name, module, exported]);
    printTable(output, ["Id", "Name", "Module", "Function"], rows);
  });
};
