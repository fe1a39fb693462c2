import { Option } from "commander";
import type { Command } from "commander";
import { callsApi } from "../../api/api-command.ts";
import type { Session } from "../../command.ts";
import { collect } from "../../options.ts";

interface CreateOptions {
  readonly scope: readonly string[];
}

/** Adds `api-key create`. */
export function addApiKeyCreate(apiKey: Command, session: Session): void {
  const command = apiKey
    .command("create")
    .description("make an API key; its secret is shown this once")
    .argument("<name>", "what people call it")
    .addOption(
      new Option(
        "--scope <scope>",
        "what it may do: listener:read, event:publish:repo.*, admin, …; may be repeated; docs/http-api.md has all",
      )
        .argParser(collect)
        .makeOptionMandatory(),
    )
    .addHelpText("after", "\nExamples:\n  xqbus api-key create dashboard --scope metrics:read --scope listener:read");
  callsApi<CreateOptions>(command, session, async ({ api, options, output, limits }, name = "") => {
    const key = await api.apiKeys.create(name, options.scope, limits);
    if (output.json) return output.value(key);
    output.line(`XQBUS_API_KEY=${key.id}`);
    output.line(`XQBUS_API_SECRET=${key.secret}`);
    output.note("the secret is shown this once");
  });
}
