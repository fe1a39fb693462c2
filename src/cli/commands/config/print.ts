import { formatConfig, loadConfig } from "../../../server/config/index.ts";
import { Output } from "../../io.ts";
import { jsonOption } from "../../options.ts";
import { visibleText } from "../../visible-text.ts";
import type { AddConfigCommand } from "../config.ts";

export const addConfigPrint: AddConfigCommand = (config, session) => {
  config
    .command("print")
    .description("all settings as they are in effect, and where each comes from; secrets are ***")
    .argument("[file]", "TOML file; without it the defaults, and what the environment gives")
    .addOption(jsonOption())
    .addHelpText(
      "after",
      `
Examples:
  xqbus config print
  xqbus config print xqbus.toml
  XQBUS_HTTP__PORT=8080 xqbus config print xqbus.toml --json

What is printed is TOML, with a remark behind each setting: default, the line of the file, or the variable.`,
    )
    .action(async (file: string | undefined, options: { readonly json?: true }) => {
      const output = new Output(session.io, options.json === true);
      const { entries } = await loadConfig({ file, env: session.io.env });
      if (!output.json) return output.line(visibleText(formatConfig(entries)).trimEnd());
      output.value(entries.map((entry) => ({ ...entry, value: entry.value ?? null, place: entry.place ?? null })));
    });
};
