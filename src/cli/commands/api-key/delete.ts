import type { Command } from "commander";
import { XqbusError } from "../../../errors.ts";
import { callsApi } from "../../api/api-command.ts";
import type { Session } from "../../command.ts";
import { visibleText } from "../../visible-text.ts";

interface DeleteOptions {
  readonly dryRun?: true;
}

/** Adds `api-key delete`. */
export function addApiKeyDelete(apiKey: Command, session: Session): void {
  const command = apiKey
    .command("delete")
    .description("delete an API key; its tokens are of no use from then on")
    .argument("<id>", "id of the key")
    .option("--dry-run", "tell which key it is; nothing is deleted")
    .addHelpText("after", "\nExamples:\n  xqbus api-key delete xk_0123456789abcdef --dry-run");
  callsApi<DeleteOptions>(command, session, async ({ api, options, output, limits }, id = "") => {
    const { dryRun = false } = options;
    if (!dryRun) await api.apiKeys.delete(id, limits);
    else if (!(await api.apiKeys.list(limits)).some((key) => key.id === id)) {
      throw new XqbusError("xqbus:unknown-name", `there is no API key ${JSON.stringify(id)}`);
    }
    if (output.json) output.value({ dryRun, keys: 1, id });
    else output.line(`${dryRun ? "would delete" : "deleted"} 1 API key, ${visibleText(id)}`);
  });
}
