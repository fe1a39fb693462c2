import type { Command } from "commander";
import { callsApi } from "../../api/api-command.ts";
import type { Session } from "../../command.ts";
import { printTable } from "../../table.ts";
import { timeText } from "../../time-text.ts";

/** Adds `api-key list`. */
export function addApiKeyList(apiKey: Command, session: Session): void {
  const command = apiKey
    .command("list")
    .description("list the API keys, without their secrets")
    .addHelpText("after", "\nExamples:\n  xqbus api-key list --json");
  callsApi(command, session, async ({ api, output, limits }) => {
    const keys = await api.apiKeys.list(limits);
    if (output.json) return output.value(keys);
    const rows = keys.map(({ id, name, createdAt, scopes }) => [id, name, timeText(createdAt), scopes.join(" ")]);
    printTable(output, ["ID", "NAME", "CREATED", "SCOPES"], rows);
  });
}
